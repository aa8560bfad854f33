import { LANES, VECTOR } from './vector';

/*
 * Functions of each element by itself: every input read once, the result written once.
 *
 * The last vector of an array whose length is no multiple of 4 is done a lane at a time, through `load_zero` and
 * `store_lane`, by the same code as the others, so that an element's value never depends on its place.
 */

function sigmoidGradOf(dy: v128, y: v128): v128 {
  return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)));
}

function reluGradOf(dy: v128, x: v128): v128 {
  // Not "x > 0": a NaN in x must be seen in the gradient, as dy * step(x) would show it.
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const step = v128.bitselect(one, v128.and(f32x4.ne(x, x), x), f32x4.gt(x, zero));
  return f32x4.mul(dy, step);
}

/** dx = dy * y * (1 - y) */
export function sigmoidGrad(dy: usize, y: usize, dx: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + LANES <= count; i += LANES) {
    v128.store(dx, sigmoidGradOf(v128.load(dy), v128.load(y)));
    dy += VECTOR;
    y += VECTOR;
    dx += VECTOR;
  }
  for (; i < count; ++i) {
    v128.store_lane<f32>(dx, sigmoidGradOf(v128.load_zero<f32>(dy), v128.load_zero<f32>(y)), 0);
    dy += 4;
    y += 4;
    dx += 4;
  }
}

/** dx = dy * step(x), step being 1 above 0, else 0 */
export function reluGrad(dy: usize, x: usize, dx: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + LANES <= count; i += LANES) {
    v128.store(dx, reluGradOf(v128.load(dy), v128.load(x)));
    dy += VECTOR;
    x += VECTOR;
    dx += VECTOR;
  }
  for (; i < count; ++i) {
    v128.store_lane<f32>(dx, reluGradOf(v128.load_zero<f32>(dy), v128.load_zero<f32>(x)), 0);
    dy += 4;
    x += 4;
    dx += 4;
  }
}
