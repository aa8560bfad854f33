/** The element-wise loops over a run of contiguous floats, with factors that are the same for all elements. */
import { loadUpTo4, multiplyAdd, STEP, STEP_BYTES, storeUpTo4, VECTOR } from './vector';

/** y = (x - center) * scale + offset. Reads x once, writes y once. */
export function normalize(y: usize, x: usize, length: i32, center: f32, scale: f32, offset: f32): void {
  const c = f32x4.splat(center);
  const s = f32x4.splat(scale);
  const o = f32x4.splat(offset);
  let at: usize = 0;
  let left = length;
  for (; left >= STEP; left -= STEP) {
    const from = x + at;
    const to = y + at;
    v128.store(to, normalized(v128.load(from), c, s, o));
    v128.store(to, normalized(v128.load(from, 16), c, s, o), 16);
    v128.store(to, normalized(v128.load(from, 32), c, s, o), 32);
    v128.store(to, normalized(v128.load(from, 48), c, s, o), 48);
    at += STEP_BYTES;
  }
  for (; left > 0; left -= 4) {
    storeUpTo4(y + at, normalized(loadUpTo4(x + at, left), c, s, o), left);
    at += VECTOR;
  }
}

/** Four elements of y. */
export function normalized(x: v128, center: v128, scale: v128, offset: v128): v128 {
  return multiplyAdd(f32x4.sub(x, center), scale, offset);
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant. Reads dy and x once, writes dx once. */
export function inputGradient(
  dx: usize,
  dy: usize,
  x: usize,
  length: i32,
  center: f32,
  dyFactor: f32,
  xFactor: f32,
  constant: f32,
): void {
  const c = f32x4.splat(center);
  const a = f32x4.splat(dyFactor);
  const b = f32x4.splat(xFactor);
  const e = f32x4.splat(constant);
  let at: usize = 0;
  let left = length;
  for (; left >= STEP; left -= STEP) {
    const from = x + at;
    const dyAt = dy + at;
    const to = dx + at;
    v128.store(to, gradient(v128.load(dyAt), v128.load(from), c, a, b, e));
    v128.store(to, gradient(v128.load(dyAt, 16), v128.load(from, 16), c, a, b, e), 16);
    v128.store(to, gradient(v128.load(dyAt, 32), v128.load(from, 32), c, a, b, e), 32);
    v128.store(to, gradient(v128.load(dyAt, 48), v128.load(from, 48), c, a, b, e), 48);
    at += STEP_BYTES;
  }
  for (; left > 0; left -= 4) {
    storeUpTo4(dx + at, gradient(loadUpTo4(dy + at, left), loadUpTo4(x + at, left), c, a, b, e), left);
    at += VECTOR;
  }
}

/** Four elements of dx. */
export function gradient(
  dy: v128,
  x: v128,
  center: v128,
  dyFactor: v128,
  xFactor: v128,
  constant: v128,
): v128 {
  return multiplyAdd(f32x4.sub(x, center), xFactor, multiplyAdd(dy, dyFactor, constant));
}
