/**
 * The element-wise loops for one set of factors per column: x is `rows` rows of `width` floats, `stride` bytes apart; the
 * factors are arrays padded to whole vectors. Row by row: two rows at a time would read the factors half as often, but
 * on wide rows the memory takes four streams worse than two.
 */
import { FLOAT, loadPartial, storePartial, VECTOR } from './vector';

/** Floats and bytes that the main loops take at a time, so that pointers move once per four vectors. */
const STEP: i32 = 16;
const STEP_BYTES: usize = 64;

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
  for (let r: i32 = 0; r < rows; r++) {
    normalizeOneRow(y, x, width, center, scale, offset);
    x += stride;
    y += stride;
  }
}

function normalizeOneRow(y: usize, x: usize, width: i32, center: usize, scale: usize, offset: usize): void {
  let j: i32 = width;
  for (; j >= STEP; j -= STEP) {
    const d0 = f32x4.sub(v128.load(x), v128.load(center));
    const d1 = f32x4.sub(v128.load(x, 16), v128.load(center, 16));
    const d2 = f32x4.sub(v128.load(x, 32), v128.load(center, 32));
    const d3 = f32x4.sub(v128.load(x, 48), v128.load(center, 48));
    v128.store(y, f32x4.add(f32x4.mul(d0, v128.load(scale)), v128.load(offset)));
    v128.store(y, f32x4.add(f32x4.mul(d1, v128.load(scale, 16)), v128.load(offset, 16)), 16);
    v128.store(y, f32x4.add(f32x4.mul(d2, v128.load(scale, 32)), v128.load(offset, 32)), 32);
    v128.store(y, f32x4.add(f32x4.mul(d3, v128.load(scale, 48)), v128.load(offset, 48)), 48);
    x += STEP_BYTES;
    y += STEP_BYTES;
    center += STEP_BYTES;
    scale += STEP_BYTES;
    offset += STEP_BYTES;
  }
  for (; j >= 4; j -= 4) {
    const d = f32x4.sub(v128.load(x), v128.load(center));
    v128.store(y, f32x4.add(f32x4.mul(d, v128.load(scale)), v128.load(offset)));
    x += VECTOR;
    y += VECTOR;
    center += VECTOR;
    scale += VECTOR;
    offset += VECTOR;
  }
  if (j > 0) {
    const d = f32x4.sub(loadPartial(x, j), v128.load(center));
    storePartial(y, f32x4.add(f32x4.mul(d, v128.load(scale)), v128.load(offset)), j);
  }
}

/**
 * dx = dyFactor[j] * dy + xFactor[j] * (x - center[j]) + constant[j]. Reads dy and x once, writes dx once. One index for all seven arrays:
 * with a pointer each, they do not fit the registers.
 */
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
  for (let r: i32 = 0; r < rows; r++) {
    inputGradientOneRow(dx, dy, x, width, center, dyFactor, xFactor, constant);
    dx += stride;
    dy += stride;
    x += stride;
  }
}

function inputGradientOneRow(
  dx: usize,
  dy: usize,
  x: usize,
  width: i32,
  center: usize,
  dyFactor: usize,
  xFactor: usize,
  constant: usize,
): void {
  const end = <usize>(width & ~3) * FLOAT;
  for (let at: usize = 0; at < end; at += VECTOR) {
    const d = f32x4.mul(f32x4.sub(v128.load(x + at), v128.load(center + at)), v128.load(xFactor + at));
    const g = f32x4.add(f32x4.mul(v128.load(dy + at), v128.load(dyFactor + at)), v128.load(constant + at));
    v128.store(dx + at, f32x4.add(g, d));
  }
  const left = width & 3;
  if (left > 0) {
    const d = f32x4.mul(
      f32x4.sub(loadPartial(x + end, left), v128.load(center + end)),
      v128.load(xFactor + end),
    );
    const scaled = f32x4.mul(loadPartial(dy + end, left), v128.load(dyFactor + end));
    storePartial(dx + end, f32x4.add(f32x4.add(scaled, v128.load(constant + end)), d), left);
  }
}
