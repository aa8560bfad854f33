/**
 * The element-wise loops over a run of contiguous floats. Their factors are the same for all elements (T is f32), or arrays
 * with one for each, padded to whole vectors (T is usize).
 */
import { loadUpTo4, multiplyAdd, operandAt, splatOf, storeUpTo4, VECTOR } from './vector';

/** Floats and bytes that the main loops take at a time. */
const STEP: i32 = 16;
const STEP_BYTES: usize = 64;

/** y = (x - center) * scale + offset. Reads x once, writes y once. */
export function normalize<T>(y: usize, x: usize, length: i32, center: T, scale: T, offset: T): void {
  const c = splatOf<T>(center);
  const s = splatOf<T>(scale);
  const o = splatOf<T>(offset);
  let at: usize = 0;
  let i = length;
  for (; i >= STEP; i -= STEP) {
    const from = x + at;
    const to = y + at;
    const d0 = f32x4.sub(v128.load(from), operandAt<T>(center, c, at, 0));
    const d1 = f32x4.sub(v128.load(from, 16), operandAt<T>(center, c, at, 16));
    const d2 = f32x4.sub(v128.load(from, 32), operandAt<T>(center, c, at, 32));
    const d3 = f32x4.sub(v128.load(from, 48), operandAt<T>(center, c, at, 48));
    v128.store(to, multiplyAdd(d0, operandAt<T>(scale, s, at, 0), operandAt<T>(offset, o, at, 0)));
    v128.store(to, multiplyAdd(d1, operandAt<T>(scale, s, at, 16), operandAt<T>(offset, o, at, 16)), 16);
    v128.store(to, multiplyAdd(d2, operandAt<T>(scale, s, at, 32), operandAt<T>(offset, o, at, 32)), 32);
    v128.store(to, multiplyAdd(d3, operandAt<T>(scale, s, at, 48), operandAt<T>(offset, o, at, 48)), 48);
    at += STEP_BYTES;
  }
  for (; i > 0; i -= 4) {
    const d = f32x4.sub(loadUpTo4(x + at, i), operandAt<T>(center, c, at, 0));
    storeUpTo4(y + at, multiplyAdd(d, operandAt<T>(scale, s, at, 0), operandAt<T>(offset, o, at, 0)), i);
    at += VECTOR;
  }
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant. Reads dy and x once, writes dx once. */
export function inputGradient<T>(
  dx: usize,
  dy: usize,
  x: usize,
  length: i32,
  center: T,
  dyFactor: T,
  xFactor: T,
  constant: T,
): void {
  const c = splatOf<T>(center);
  const a = splatOf<T>(dyFactor);
  const b = splatOf<T>(xFactor);
  const e = splatOf<T>(constant);
  const end = <usize>(length & ~7) * 4;
  let at: usize = 0;
  for (; at < end; at += 2 * VECTOR) {
    const d0 = f32x4.sub(v128.load(x + at), operandAt<T>(center, c, at, 0));
    const d1 = f32x4.sub(v128.load(x + at, 16), operandAt<T>(center, c, at, 16));
    const g0 = multiplyAdd(
      v128.load(dy + at),
      operandAt<T>(dyFactor, a, at, 0),
      operandAt<T>(constant, e, at, 0),
    );
    const g1 = multiplyAdd(
      v128.load(dy + at, 16),
      operandAt<T>(dyFactor, a, at, 16),
      operandAt<T>(constant, e, at, 16),
    );
    v128.store(dx + at, multiplyAdd(d0, operandAt<T>(xFactor, b, at, 0), g0));
    v128.store(dx + at, multiplyAdd(d1, operandAt<T>(xFactor, b, at, 16), g1), 16);
  }
  for (let left = length & 7; left > 0; left -= 4) {
    const d = f32x4.sub(loadUpTo4(x + at, left), operandAt<T>(center, c, at, 0));
    const g = multiplyAdd(
      loadUpTo4(dy + at, left),
      operandAt<T>(dyFactor, a, at, 0),
      operandAt<T>(constant, e, at, 0),
    );
    storeUpTo4(dx + at, multiplyAdd(d, operandAt<T>(xFactor, b, at, 0), g), left);
    at += VECTOR;
  }
}
