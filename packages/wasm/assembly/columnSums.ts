/**
 * Sums per column: x is `rows` rows of `width` floats, `stride` bytes apart, and the sums and centers are arrays padded to
 * whole vectors. Strips of four vectors (then single vectors) keep their sums in registers down a block of rows.
 */
import { FLOAT, loadUpTo4 } from './vector';

/** From this width on, rows are walked few at a time: the memory takes many parallel streams badly. */
const WIDE: i32 = 512;

/** Rows that a strip goes down at a time. Each block of them costs a load and a store of the strip's sums. */
function rowsPerBlock(width: i32, rows: i32): i32 {
  return width >= WIDE ? min(4, rows) : rows;
}

/** Floats in a strip. */
const STRIP: i32 = 16;

/** sum[j] += sum of column j. Reads x once. */
export function addColumns(x: usize, rows: i32, stride: usize, width: i32, sum: usize): void {
  for (let r: i32 = 0; r < rows; r++) {
    for (let j: i32 = 0; j < width; j += 4) {
      const at = <usize>j * FLOAT;
      v128.store(sum + at, f32x4.add(v128.load(sum + at), loadUpTo4(x + at, width - j)));
    }
    x += stride;
  }
}

/** sum[j] += sum(x - shift[j]), square[j] += sum((x - shift[j])^2) over column j. Reads x once. */
export function addShiftedColumns(
  x: usize,
  rows: i32,
  stride: usize,
  width: i32,
  shift: usize,
  sum: usize,
  square: usize,
): void {
  const block = rowsPerBlock(width, rows);
  for (let r: i32 = 0; r < rows; r += block) {
    const n = min(block, rows - r);
    const first = x + <usize>r * stride;
    let j: i32 = 0;
    for (; j + STRIP <= width; j += STRIP) {
      const at = <usize>j * FLOAT;
      addShiftedStrip(first + at, n, stride, shift + at, sum + at, square + at);
    }
    for (; j < width; j += 4) {
      const at = <usize>j * FLOAT;
      addShiftedVector(first + at, n, stride, width - j, shift + at, sum + at, square + at);
    }
  }
}

function addShiftedStrip(x: usize, rows: i32, stride: usize, shift: usize, sum: usize, square: usize): void {
  const c0 = v128.load(shift);
  const c1 = v128.load(shift, 16);
  const c2 = v128.load(shift, 32);
  const c3 = v128.load(shift, 48);
  let a0 = v128.load(sum);
  let a1 = v128.load(sum, 16);
  let a2 = v128.load(sum, 32);
  let a3 = v128.load(sum, 48);
  let b0 = v128.load(square);
  let b1 = v128.load(square, 16);
  let b2 = v128.load(square, 32);
  let b3 = v128.load(square, 48);
  for (let r: i32 = 0; r < rows; r++) {
    const d0 = f32x4.sub(v128.load(x), c0);
    a0 = f32x4.add(a0, d0);
    b0 = f32x4.add(b0, f32x4.mul(d0, d0));
    const d1 = f32x4.sub(v128.load(x, 16), c1);
    a1 = f32x4.add(a1, d1);
    b1 = f32x4.add(b1, f32x4.mul(d1, d1));
    const d2 = f32x4.sub(v128.load(x, 32), c2);
    a2 = f32x4.add(a2, d2);
    b2 = f32x4.add(b2, f32x4.mul(d2, d2));
    const d3 = f32x4.sub(v128.load(x, 48), c3);
    a3 = f32x4.add(a3, d3);
    b3 = f32x4.add(b3, f32x4.mul(d3, d3));
    x += stride;
  }
  v128.store(sum, a0);
  v128.store(sum, a1, 16);
  v128.store(sum, a2, 32);
  v128.store(sum, a3, 48);
  v128.store(square, b0);
  v128.store(square, b1, 16);
  v128.store(square, b2, 32);
  v128.store(square, b3, 48);
}

function addShiftedVector(
  x: usize,
  rows: i32,
  stride: usize,
  count: i32,
  shift: usize,
  sum: usize,
  square: usize,
): void {
  const center = v128.load(shift);
  let a = v128.load(sum);
  let b = v128.load(square);
  for (let r: i32 = 0; r < rows; r++) {
    const d = f32x4.sub(loadUpTo4(x, count), center);
    a = f32x4.add(a, d);
    b = f32x4.add(b, f32x4.mul(d, d));
    x += stride;
  }
  v128.store(sum, a);
  v128.store(square, b);
}

/** sumDy[j] += sum(dy), sumDyX[j] += sum(dy * (x - center[j])) over column j. Reads dy and x once. */
export function addGradientColumns(
  dy: usize,
  x: usize,
  rows: i32,
  stride: usize,
  width: i32,
  center: usize,
  sumDy: usize,
  sumDyX: usize,
): void {
  const block = rowsPerBlock(width, rows);
  for (let r: i32 = 0; r < rows; r += block) {
    const n = min(block, rows - r);
    const start = <usize>r * stride;
    let j: i32 = 0;
    for (; j + STRIP <= width; j += STRIP) {
      const at = <usize>j * FLOAT;
      addGradientStrip(dy + start + at, x + start + at, n, stride, center + at, sumDy + at, sumDyX + at);
    }
    for (; j < width; j += 4) {
      const at = <usize>j * FLOAT;
      const here = start + at;
      addGradientVector(dy + here, x + here, n, stride, width - j, center + at, sumDy + at, sumDyX + at);
    }
  }
}

function addGradientStrip(
  dy: usize,
  x: usize,
  rows: i32,
  stride: usize,
  center: usize,
  sumDy: usize,
  sumDyX: usize,
): void {
  const c0 = v128.load(center);
  const c1 = v128.load(center, 16);
  const c2 = v128.load(center, 32);
  const c3 = v128.load(center, 48);
  let a0 = v128.load(sumDy);
  let a1 = v128.load(sumDy, 16);
  let a2 = v128.load(sumDy, 32);
  let a3 = v128.load(sumDy, 48);
  let b0 = v128.load(sumDyX);
  let b1 = v128.load(sumDyX, 16);
  let b2 = v128.load(sumDyX, 32);
  let b3 = v128.load(sumDyX, 48);
  for (let r: i32 = 0; r < rows; r++) {
    const g0 = v128.load(dy);
    a0 = f32x4.add(a0, g0);
    b0 = f32x4.add(b0, f32x4.mul(g0, f32x4.sub(v128.load(x), c0)));
    const g1 = v128.load(dy, 16);
    a1 = f32x4.add(a1, g1);
    b1 = f32x4.add(b1, f32x4.mul(g1, f32x4.sub(v128.load(x, 16), c1)));
    const g2 = v128.load(dy, 32);
    a2 = f32x4.add(a2, g2);
    b2 = f32x4.add(b2, f32x4.mul(g2, f32x4.sub(v128.load(x, 32), c2)));
    const g3 = v128.load(dy, 48);
    a3 = f32x4.add(a3, g3);
    b3 = f32x4.add(b3, f32x4.mul(g3, f32x4.sub(v128.load(x, 48), c3)));
    dy += stride;
    x += stride;
  }
  v128.store(sumDy, a0);
  v128.store(sumDy, a1, 16);
  v128.store(sumDy, a2, 32);
  v128.store(sumDy, a3, 48);
  v128.store(sumDyX, b0);
  v128.store(sumDyX, b1, 16);
  v128.store(sumDyX, b2, 32);
  v128.store(sumDyX, b3, 48);
}

function addGradientVector(
  dy: usize,
  x: usize,
  rows: i32,
  stride: usize,
  count: i32,
  center: usize,
  sumDy: usize,
  sumDyX: usize,
): void {
  const middle = v128.load(center);
  let a = v128.load(sumDy);
  let b = v128.load(sumDyX);
  for (let r: i32 = 0; r < rows; r++) {
    const g = loadUpTo4(dy, count);
    a = f32x4.add(a, g);
    b = f32x4.add(b, f32x4.mul(g, f32x4.sub(loadUpTo4(x, count), middle)));
    dy += stride;
    x += stride;
  }
  v128.store(sumDy, a);
  v128.store(sumDyX, b);
}
