/**
 * The loops over one row of contiguous floats in which every element has its own gamma and beta. `x`, `gamma` and the rest
 * are arrays of `length` floats; only the per-row factors are numbers.
 */
import { pair } from '../../loops/pair';
import { loadUpTo4, maskUpTo4, multiplyAdd, storeUpTo4, sumOf, VECTOR } from '../../loops/vector';

/** Floats between two widenings of a sum to float64. */
const BLOCK: i32 = 256;

/** Floats and bytes that the main loops take at a time. */
const STEP: i32 = 16;
const STEP_BYTES: usize = 64;

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
    const xhat0 = multiplyAdd(f32x4.sub(v128.load(x), center), scale, shift);
    const xhat1 = multiplyAdd(f32x4.sub(v128.load(x, 16), center), scale, shift);
    const xhat2 = multiplyAdd(f32x4.sub(v128.load(x, 32), center), scale, shift);
    const xhat3 = multiplyAdd(f32x4.sub(v128.load(x, 48), center), scale, shift);
    v128.store(y, multiplyAdd(xhat0, v128.load(gamma), v128.load(beta)));
    v128.store(y, multiplyAdd(xhat1, v128.load(gamma, 16), v128.load(beta, 16)), 16);
    v128.store(y, multiplyAdd(xhat2, v128.load(gamma, 32), v128.load(beta, 32)), 32);
    v128.store(y, multiplyAdd(xhat3, v128.load(gamma, 48), v128.load(beta, 48)), 48);
    x += STEP_BYTES;
    y += STEP_BYTES;
    gamma += STEP_BYTES;
    beta += STEP_BYTES;
  }
  for (; i > 0; i -= 4) {
    const xhat = multiplyAdd(f32x4.sub(loadUpTo4(x, i), center), scale, shift);
    storeUpTo4(y, multiplyAdd(xhat, loadUpTo4(gamma, i), loadUpTo4(beta, i)), i);
    x += VECTOR;
    y += VECTOR;
    gamma += VECTOR;
    beta += VECTOR;
  }
}

/**
 * [sum(gamma * dy), sum(gamma * dy * xhat)], and element by element dGamma += dy * xhat, dBeta += dy.
 * xhat = (x - mean) * rstd. Reads dy and x once.
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
): v128 {
  const center = f32x4.splat(mean);
  const scale = f32x4.splat(rstd);
  let rowDy: f64 = 0;
  let rowDyXhat: f64 = 0;
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
      a0 = multiplyAdd(g0, weight0, a0);
      a1 = multiplyAdd(g1, weight1, a1);
      b0 = multiplyAdd(gXhat0, weight0, b0);
      b1 = multiplyAdd(gXhat1, weight1, b1);
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
    for (; i > 0; i -= 4) {
      const g = loadUpTo4(dy, i);
      const d = v128.and(f32x4.sub(loadUpTo4(x, i), center), maskUpTo4(i));
      const gXhat = f32x4.mul(g, f32x4.mul(d, scale));
      const weight = loadUpTo4(gamma, i);
      a0 = multiplyAdd(g, weight, a0);
      b0 = multiplyAdd(gXhat, weight, b0);
      storeUpTo4(dGamma, f32x4.add(loadUpTo4(dGamma, i), gXhat), i);
      storeUpTo4(dBeta, f32x4.add(loadUpTo4(dBeta, i), g), i);
      dy += VECTOR;
      x += VECTOR;
      gamma += VECTOR;
      dGamma += VECTOR;
      dBeta += VECTOR;
    }
    rowDy += sumOf(f32x4.add(a0, a1));
    rowDyXhat += sumOf(f32x4.add(b0, b1));
  }
  return pair(rowDy, rowDyXhat);
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
    const d0 = multiplyAdd(f32x4.sub(v128.load(x), center), b, c);
    const d1 = multiplyAdd(f32x4.sub(v128.load(x, 16), center), b, c);
    const d2 = multiplyAdd(f32x4.sub(v128.load(x, 32), center), b, c);
    const d3 = multiplyAdd(f32x4.sub(v128.load(x, 48), center), b, c);
    v128.store(dx, multiplyAdd(f32x4.mul(v128.load(dy), v128.load(gamma)), a, d0));
    v128.store(dx, multiplyAdd(f32x4.mul(v128.load(dy, 16), v128.load(gamma, 16)), a, d1), 16);
    v128.store(dx, multiplyAdd(f32x4.mul(v128.load(dy, 32), v128.load(gamma, 32)), a, d2), 32);
    v128.store(dx, multiplyAdd(f32x4.mul(v128.load(dy, 48), v128.load(gamma, 48)), a, d3), 48);
    x += STEP_BYTES;
    dy += STEP_BYTES;
    dx += STEP_BYTES;
    gamma += STEP_BYTES;
  }
  for (; i > 0; i -= 4) {
    const d = multiplyAdd(f32x4.sub(loadUpTo4(x, i), center), b, c);
    storeUpTo4(dx, multiplyAdd(f32x4.mul(loadUpTo4(dy, i), loadUpTo4(gamma, i)), a, d), i);
    x += VECTOR;
    dy += VECTOR;
    dx += VECTOR;
    gamma += VECTOR;
  }
}
