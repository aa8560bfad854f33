/**
 * The loops over one row of contiguous floats in which every element has its own gamma and beta. `x`, `gamma` and the rest
 * are arrays of `length` floats; only the per-row factors are numbers.
 */
import { FLOAT, loadPartial, partialMask, storePartial, VECTOR, widenSum } from './vector';

/** Floats between two widenings of a sum to float64. */
const BLOCK: i32 = 256;

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
  for (let start: i32 = 0; start < length; start += BLOCK) {
    const end = min(start + BLOCK, length);
    let a = f32x4.splat(0);
    let b = a;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const at = <usize>i * FLOAT;
      const g = v128.load(dy + at);
      const gXhat = f32x4.mul(g, f32x4.mul(f32x4.sub(v128.load(x + at), center), scale));
      const weight = v128.load(gamma + at);
      a = f32x4.add(a, f32x4.mul(g, weight));
      b = f32x4.add(b, f32x4.mul(gXhat, weight));
      v128.store(dGamma + at, f32x4.add(v128.load(dGamma + at), gXhat));
      v128.store(dBeta + at, f32x4.add(v128.load(dBeta + at), g));
    }
    if (i < end) {
      const at = <usize>i * FLOAT;
      const left = end - i;
      const g = loadPartial(dy + at, left);
      const d = v128.and(f32x4.sub(loadPartial(x + at, left), center), partialMask(left));
      const gXhat = f32x4.mul(g, f32x4.mul(d, scale));
      const weight = loadPartial(gamma + at, left);
      a = f32x4.add(a, f32x4.mul(g, weight));
      b = f32x4.add(b, f32x4.mul(gXhat, weight));
      storePartial(dGamma + at, f32x4.add(loadPartial(dGamma + at, left), gXhat), left);
      storePartial(dBeta + at, f32x4.add(loadPartial(dBeta + at, left), g), left);
    }
    rowDy = f64x2.add(rowDy, widenSum(a));
    rowDyXhat = f64x2.add(rowDyXhat, widenSum(b));
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
