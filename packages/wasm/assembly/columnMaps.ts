/**
 * The element-wise loops for one set of factors per column: x is `rows` rows of `width` floats, `stride` bytes apart; the
 * factors are arrays padded to whole vectors. Row by row: two rows at a time would read the factors half as often, but
 * on wide rows the memory takes four streams worse than two.
 */
import { loadPartial, storePartial, VECTOR } from './vector';

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
  let j: i32 = width;
  for (; j >= STEP; j -= STEP) {
    const d0 = f32x4.mul(f32x4.sub(v128.load(x), v128.load(center)), v128.load(xFactor));
    const d1 = f32x4.mul(f32x4.sub(v128.load(x, 16), v128.load(center, 16)), v128.load(xFactor, 16));
    const d2 = f32x4.mul(f32x4.sub(v128.load(x, 32), v128.load(center, 32)), v128.load(xFactor, 32));
    const d3 = f32x4.mul(f32x4.sub(v128.load(x, 48), v128.load(center, 48)), v128.load(xFactor, 48));
    const g0 = f32x4.add(f32x4.mul(v128.load(dy), v128.load(dyFactor)), v128.load(constant));
    const g1 = f32x4.add(f32x4.mul(v128.load(dy, 16), v128.load(dyFactor, 16)), v128.load(constant, 16));
    const g2 = f32x4.add(f32x4.mul(v128.load(dy, 32), v128.load(dyFactor, 32)), v128.load(constant, 32));
    const g3 = f32x4.add(f32x4.mul(v128.load(dy, 48), v128.load(dyFactor, 48)), v128.load(constant, 48));
    v128.store(dx, f32x4.add(g0, d0));
    v128.store(dx, f32x4.add(g1, d1), 16);
    v128.store(dx, f32x4.add(g2, d2), 32);
    v128.store(dx, f32x4.add(g3, d3), 48);
    dx += STEP_BYTES;
    dy += STEP_BYTES;
    x += STEP_BYTES;
    center += STEP_BYTES;
    dyFactor += STEP_BYTES;
    xFactor += STEP_BYTES;
    constant += STEP_BYTES;
  }
  for (; j >= 4; j -= 4) {
    const d = f32x4.mul(f32x4.sub(v128.load(x), v128.load(center)), v128.load(xFactor));
    const g = f32x4.add(f32x4.mul(v128.load(dy), v128.load(dyFactor)), v128.load(constant));
    v128.store(dx, f32x4.add(g, d));
    dx += VECTOR;
    dy += VECTOR;
    x += VECTOR;
    center += VECTOR;
    dyFactor += VECTOR;
    xFactor += VECTOR;
    constant += VECTOR;
  }
  if (j > 0) {
    const d = f32x4.mul(f32x4.sub(loadPartial(x, j), v128.load(center)), v128.load(xFactor));
    const g = f32x4.add(f32x4.mul(loadPartial(dy, j), v128.load(dyFactor)), v128.load(constant));
    storePartial(dx, f32x4.add(g, d), j);
  }
}
