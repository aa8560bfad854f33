/**
 * Sums over a run of contiguous floats. Float32 lanes add up at most BLOCK floats before they are widened to float64.
 */
import { pair } from './pair';
import { FLOAT, loadAt, loadUpTo4, maskUpTo4, multiplyAdd, STEP, sumOf } from './vector';

/** Floats between two widenings: 16 additions a lane, so that sums keep float32's last bit. */
const BLOCK: i32 = 256;

/**
 * [sum(g), sum(g * d)], where d = x - center. WithDy, g is dy: the sums of a gradient. With NoDy, g is d itself: the sums of a
 * statistic. Reads x, and dy, once.
 */
export function sumsOf<Dy>(dy: Dy, x: usize, length: i32, center: f32): v128 {
  const c = f32x4.splat(center);
  let sum: f64 = 0;
  let product: f64 = 0;
  let at: usize = 0;
  for (let left = length; left > 0; left -= BLOCK) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let i = min(left, BLOCK);
    for (; i >= STEP; i -= STEP) {
      const d0 = f32x4.sub(v128.load(x + at), c);
      const d1 = f32x4.sub(v128.load(x + at, 16), c);
      const d2 = f32x4.sub(v128.load(x + at, 32), c);
      const d3 = f32x4.sub(v128.load(x + at, 48), c);
      const g0 = factorOf<Dy>(dy, at, 0, d0);
      const g1 = factorOf<Dy>(dy, at, 16, d1);
      const g2 = factorOf<Dy>(dy, at, 32, d2);
      const g3 = factorOf<Dy>(dy, at, 48, d3);
      a0 = f32x4.add(a0, g0);
      a1 = f32x4.add(a1, g1);
      a2 = f32x4.add(a2, g2);
      a3 = f32x4.add(a3, g3);
      b0 = addProduct<Dy>(g0, d0, b0);
      b1 = addProduct<Dy>(g1, d1, b1);
      b2 = addProduct<Dy>(g2, d2, b2);
      b3 = addProduct<Dy>(g3, d3, b3);
      at += <usize>STEP * FLOAT;
    }
    for (; i > 0; i -= 4) {
      const d = v128.and(f32x4.sub(loadUpTo4(x + at, i), c), maskUpTo4(i));
      const g = lastFactorsOf<Dy>(dy, at, i, d);
      a0 = f32x4.add(a0, g);
      b0 = addProduct<Dy>(g, d, b0);
      at += 4 * FLOAT;
    }
    sum += sumOf(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)));
    product += sumOf(f32x4.add(f32x4.add(b0, b1), f32x4.add(b2, b3)));
  }
  return pair(sum, product);
}

/**
 * sum + g * d. Products of a gradient are rounded before they are added, with fused multiply-add too: over 200 draws the errors are
 * alike (4.9e-6 and 5.2e-6 of 2303 values), but among the golden cases one lies above PyTorch's then.
 */
function addProduct<Dy>(g: v128, d: v128, sum: v128): v128 {
  if (isBoolean<Dy>()) {
    return multiplyAdd(g, d, sum);
  } else {
    return f32x4.add(sum, f32x4.mul(g, d));
  }
}

/** Four elements of g. */
export function factorOf<Dy>(dy: Dy, at: usize, offset: usize, d: v128): v128 {
  if (isBoolean<Dy>()) {
    return d;
  } else {
    return loadAt(<usize>dy + at, offset);
  }
}

/** The last elements of g; the lanes of d behind them are 0. */
export function lastFactorsOf<Dy>(dy: Dy, at: usize, count: i32, d: v128): v128 {
  if (isBoolean<Dy>()) {
    return d;
  } else {
    return loadUpTo4(<usize>dy + at, count);
  }
}
