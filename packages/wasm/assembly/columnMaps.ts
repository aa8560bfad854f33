/**
 * The element-wise loops for one set of factors per column: x is `rows` rows of `width` floats, `stride` bytes apart; the
 * factors are arrays padded to whole vectors. Row by row: two rows at a time would read the factors half as often, but
 * on wide rows the memory takes four streams worse than two.
 */
import { FLOAT, loadPartial, storePartial, VECTOR } from './vector';

/** y = (x - center[j]) * scale[j] + offset[j]. Reads x once, writes y once. */
export function normalizeColumns(
  y: usize,
  x: usize,
  rows: i32,
  stride: usize,
  width: i32,
  center: usize,
  scale: usize,
  offset: usize,
): void {
  const end = <usize>(width & ~3) * FLOAT;
  const evenEnd = <usize>(width & ~7) * FLOAT;
  const left = width & 3;
  for (let r: i32 = 0; r < rows; r++) {
    let at: usize = 0;
    for (; at < evenEnd; at += 2 * VECTOR) {
      normalizeVector(y + at, x + at, center + at, scale + at, offset + at);
      normalizeVector(
        y + at + VECTOR,
        x + at + VECTOR,
        center + at + VECTOR,
        scale + at + VECTOR,
        offset + at + VECTOR,
      );
    }
    if (at < end) normalizeVector(y + at, x + at, center + at, scale + at, offset + at);
    if (left > 0) {
      const d = f32x4.sub(loadPartial(x + end, left), v128.load(center + end));
      const scaled = f32x4.mul(d, v128.load(scale + end));
      storePartial(y + end, f32x4.add(scaled, v128.load(offset + end)), left);
    }
    x += stride;
    y += stride;
  }
}

function normalizeVector(y: usize, x: usize, center: usize, scale: usize, offset: usize): void {
  const d = f32x4.sub(v128.load(x), v128.load(center));
  v128.store(y, f32x4.add(f32x4.mul(d, v128.load(scale)), v128.load(offset)));
}

/** dx = dyFactor[j] * dy + xFactor[j] * (x - center[j]) + constant[j]. Reads dy and x once, writes dx once. */
export function inputGradientColumns(
  dx: usize,
  dy: usize,
  x: usize,
  rows: i32,
  stride: usize,
  width: i32,
  center: usize,
  dyFactor: usize,
  xFactor: usize,
  constant: usize,
): void {
  const end = <usize>(width & ~3) * FLOAT;
  const left = width & 3;
  for (let r: i32 = 0; r < rows; r++) {
    for (let at: usize = 0; at < end; at += VECTOR) {
      const d = f32x4.mul(f32x4.sub(v128.load(x + at), v128.load(center + at)), v128.load(xFactor + at));
      const g = f32x4.add(f32x4.mul(v128.load(dy + at), v128.load(dyFactor + at)), v128.load(constant + at));
      v128.store(dx + at, f32x4.add(g, d));
    }
    if (left > 0) {
      const d = f32x4.mul(
        f32x4.sub(loadPartial(x + end, left), v128.load(center + end)),
        v128.load(xFactor + end),
      );
      const scaled = f32x4.mul(loadPartial(dy + end, left), v128.load(dyFactor + end));
      storePartial(dx + end, f32x4.add(f32x4.add(scaled, v128.load(constant + end)), d), left);
    }
    dx += stride;
    dy += stride;
    x += stride;
  }
}
