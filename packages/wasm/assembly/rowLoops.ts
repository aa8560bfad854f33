/**
 * The loops over one row of contiguous floats in which every element has its own gamma and beta. `x`, `gamma` and the rest
 * are arrays of `length` floats; only the per-row factors are numbers.
 */
import { loadPartial, loadUpTo4, maskUpTo4, storePartial, storeUpTo4, VECTOR, widenSum } from './vector';

/** Floats between two widenings of a sum to float64. */
const BLOCK: i32 = 256;

/** Floats and bytes that the main loops take at a time, so that pointers move once per several vectors. */
const STEP: i32 = 16;
const STEP_BYTES: usize = 64;

/** Float64 lanes of sum(gamma * dy) and sum(gamma * dy * xhat) of the row last added. */
export let rowDy: v128 = i64x2(0, 0);
export let rowDyXhat: v128 = i64x2(0, 0);

/** y = ((x - mean) * rstd + offset) * gamma + beta. Reads x once, writes y once. */
export function normalizeRow(
  y: usize,
  x: usize,
  length: i32,
  mean: f32,
  rstd: f32,
  offset: f32,
  gamma: usize,
  beta: usize,
): void {
  const center = f32x4.splat(mean);
  const scale = f32x4.splat(rstd);
  const shift = f32x4.splat(offset);
  let i: i32 = length;
  for (; i >= STEP; i -= STEP) {
    const xhat0 = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), center), scale), shift);
    const xhat1 = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x, 16), center), scale), shift);
    const xhat2 = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x, 32), center), scale), shift);
    const xhat3 = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x, 48), center), scale), shift);
    v128.store(y, f32x4.add(f32x4.mul(xhat0, v128.load(gamma)), v128.load(beta)));
    v128.store(y, f32x4.add(f32x4.mul(xhat1, v128.load(gamma, 16)), v128.load(beta, 16)), 16);
    v128.store(y, f32x4.add(f32x4.mul(xhat2, v128.load(gamma, 32)), v128.load(beta, 32)), 32);
    v128.store(y, f32x4.add(f32x4.mul(xhat3, v128.load(gamma, 48)), v128.load(beta, 48)), 48);
    x += STEP_BYTES;
    y += STEP_BYTES;
    gamma += STEP_BYTES;
    beta += STEP_BYTES;
  }
  for (; i >= 4; i -= 4) {
    const xhat = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), center), scale), shift);
    v128.store(y, f32x4.add(f32x4.mul(xhat, v128.load(gamma)), v128.load(beta)));
    x += VECTOR;
    y += VECTOR;
    gamma += VECTOR;
    beta += VECTOR;
  }
  if (i > 0) {
    const xhat = f32x4.add(f32x4.mul(f32x4.sub(loadPartial(x, i), center), scale), shift);
    storePartial(y, f32x4.add(f32x4.mul(xhat, loadPartial(gamma, i)), loadPartial(beta, i)), i);
  }
}

/**
 * rowDy = sum(gamma * dy), rowDyXhat = sum(gamma * dy * xhat), and element by element dGamma += dy * xhat,
 * dBeta += dy. xhat = (x - mean) * rstd. Reads dy and x once.
 */
export function addRow(
  dy: usize,
  x: usize,
  length: i32,
  mean: f32,
  rstd: f32,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
): void {
  rowDy = f64x2.splat(0);
  rowDyXhat = f64x2.splat(0);
  const center = f32x4.splat(mean);
  const scale = f32x4.splat(rstd);
  for (let left = length; left > 0; left -= BLOCK) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    let i = min(left, BLOCK);
    for (; i >= 8; i -= 8) {
      const g0 = v128.load(dy);
      const g1 = v128.load(dy, 16);
      const gXhat0 = f32x4.mul(g0, f32x4.mul(f32x4.sub(v128.load(x), center), scale));
      const gXhat1 = f32x4.mul(g1, f32x4.mul(f32x4.sub(v128.load(x, 16), center), scale));
      const weight0 = v128.load(gamma);
      const weight1 = v128.load(gamma, 16);
      a0 = f32x4.add(a0, f32x4.mul(g0, weight0));
      a1 = f32x4.add(a1, f32x4.mul(g1, weight1));
      b0 = f32x4.add(b0, f32x4.mul(gXhat0, weight0));
      b1 = f32x4.add(b1, f32x4.mul(gXhat1, weight1));
      v128.store(dGamma, f32x4.add(v128.load(dGamma), gXhat0));
      v128.store(dGamma, f32x4.add(v128.load(dGamma, 16), gXhat1), 16);
      v128.store(dBeta, f32x4.add(v128.load(dBeta), g0));
      v128.store(dBeta, f32x4.add(v128.load(dBeta, 16), g1), 16);
      dy += 2 * VECTOR;
      x += 2 * VECTOR;
      gamma += 2 * VECTOR;
      dGamma += 2 * VECTOR;
      dBeta += 2 * VECTOR;
    }
    // The last 1 to 7 floats of the row.
    for (; i > 0; i -= 4) {
      const here = min(i, 4);
      const g = loadUpTo4(dy, here);
      const d = v128.and(f32x4.sub(loadUpTo4(x, here), center), maskUpTo4(here));
      const gXhat = f32x4.mul(g, f32x4.mul(d, scale));
      const weight = loadUpTo4(gamma, here);
      a0 = f32x4.add(a0, f32x4.mul(g, weight));
      b0 = f32x4.add(b0, f32x4.mul(gXhat, weight));
      storeUpTo4(dGamma, f32x4.add(loadUpTo4(dGamma, here), gXhat), here);
      storeUpTo4(dBeta, f32x4.add(loadUpTo4(dBeta, here), g), here);
      dy += VECTOR;
      x += VECTOR;
      gamma += VECTOR;
      dGamma += VECTOR;
      dBeta += VECTOR;
    }
    rowDy = f64x2.add(rowDy, widenSum(f32x4.add(a0, a1)));
    rowDyXhat = f64x2.add(rowDyXhat, widenSum(f32x4.add(b0, b1)));
  }
}

/** dx = dyFactor * gamma * dy + xFactor * (x - mean) + constant. Reads dy and x once, writes dx once. */
export function inputGradientRow(
  dx: usize,
  dy: usize,
  x: usize,
  length: i32,
  mean: f32,
  dyFactor: f32,
  xFactor: f32,
  constant: f32,
  gamma: usize,
): void {
  const center = f32x4.splat(mean);
  const a = f32x4.splat(dyFactor);
  const b = f32x4.splat(xFactor);
  const c = f32x4.splat(constant);
  let i: i32 = length;
  for (; i >= STEP; i -= STEP) {
    const d0 = f32x4.mul(f32x4.sub(v128.load(x), center), b);
    const d1 = f32x4.mul(f32x4.sub(v128.load(x, 16), center), b);
    const d2 = f32x4.mul(f32x4.sub(v128.load(x, 32), center), b);
    const d3 = f32x4.mul(f32x4.sub(v128.load(x, 48), center), b);
    const g0 = f32x4.mul(f32x4.mul(v128.load(dy), v128.load(gamma)), a);
    const g1 = f32x4.mul(f32x4.mul(v128.load(dy, 16), v128.load(gamma, 16)), a);
    const g2 = f32x4.mul(f32x4.mul(v128.load(dy, 32), v128.load(gamma, 32)), a);
    const g3 = f32x4.mul(f32x4.mul(v128.load(dy, 48), v128.load(gamma, 48)), a);
    v128.store(dx, f32x4.add(f32x4.add(g0, c), d0));
    v128.store(dx, f32x4.add(f32x4.add(g1, c), d1), 16);
    v128.store(dx, f32x4.add(f32x4.add(g2, c), d2), 32);
    v128.store(dx, f32x4.add(f32x4.add(g3, c), d3), 48);
    x += STEP_BYTES;
    dy += STEP_BYTES;
    dx += STEP_BYTES;
    gamma += STEP_BYTES;
  }
  for (; i >= 4; i -= 4) {
    const d = f32x4.mul(f32x4.sub(v128.load(x), center), b);
    const g = f32x4.mul(f32x4.mul(v128.load(dy), v128.load(gamma)), a);
    v128.store(dx, f32x4.add(f32x4.add(g, c), d));
    x += VECTOR;
    dy += VECTOR;
    dx += VECTOR;
    gamma += VECTOR;
  }
  if (i > 0) {
    const d = f32x4.mul(f32x4.sub(loadPartial(x, i), center), b);
    const g = f32x4.mul(f32x4.mul(loadPartial(dy, i), loadPartial(gamma, i)), a);
    storePartial(dx, f32x4.add(f32x4.add(g, c), d), i);
  }
}
