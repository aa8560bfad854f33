import { PoolingForward, windowEnd, windowStart } from './poolGeometry';
import { FLOAT, LANES, VECTOR } from './vector';

/** Bytes of the channels whose largest are kept in registers: the loops over the window are gone through once for all four. */
const BLOCK: usize = 64;

/**
 * y[n][i][j][c] = largest x[n][h][w][c] in the window of (i, j), NaN if there is one, pixels outside of the image not counted;
 * minus infinity where the whole window lies outside.
 *
 * Reads x once per window that covers it, writes y once. Its items are images.
 */
export function maxPool(p: PoolingForward, from: i32, to: i32): void {
  largestOfWindows<f32>(p, from, to);
}

/** The same of int32. */
export function maxPoolIntegers(p: PoolingForward, from: i32, to: i32): void {
  largestOfWindows<i32>(p, from, to);
}

function least<T>(): T {
  return isFloat<T>() ? (-Infinity as T) : (i32.MIN_VALUE as T);
}

function largestOfWindows<T>(p: PoolingForward, from: i32, to: i32): void {
  const pixelBytes = (p.channels as usize) * FLOAT;
  const rowBytes = (p.inWidth as usize) * pixelBytes;
  let x = p.x + (from as usize) * (p.inHeight as usize) * rowBytes;
  let y = p.y + (from as usize) * ((p.outHeight * p.outWidth) as usize) * pixelBytes;
  for (let n = from; n < to; ++n) {
    for (let i: i32 = 0; i < p.outHeight; ++i) {
      const h0 = windowStart(i, p.strideHeight, p.top);
      const rows = windowEnd(h0, i, p.strideHeight, p.top, p.filterHeight, p.inHeight) - h0;
      for (let j: i32 = 0; j < p.outWidth; ++j) {
        const w0 = windowStart(j, p.strideWidth, p.left);
        const columns = windowEnd(w0, j, p.strideWidth, p.left, p.filterWidth, p.inWidth) - w0;
        const window = x + (h0 as usize) * rowBytes + (w0 as usize) * pixelBytes;
        if (p.channels < LANES) largestOfSingles<T>(window, rows, columns, rowBytes, pixelBytes, y);
        else largest<T>(window, rows, columns, rowBytes, pixelBytes, y);
        y += pixelBytes;
      }
    }
    x += (p.inHeight as usize) * rowBytes;
  }
}

/** The larger of each lane. A NaN is lost, and so counted by `unordered`: two instructions where the exact maximum takes more. */
function larger<T>(a: v128, b: v128): v128 {
  return isFloat<T>() ? f32x4.pmax(a, b) : v128.max<T>(a, b);
}

/** All bits of a lane that has held a NaN. */
function unordered<T>(before: v128, x: v128): v128 {
  return isFloat<T>() ? v128.or(before, f32x4.ne(x, x)) : before;
}

/** All bits of a lane set are a NaN. */
function withNaN<T>(largest: v128, nan: v128): v128 {
  return isFloat<T>() ? v128.or(largest, nan) : largest;
}

/** Channels 16 or 4 at a time; where their number is no multiple of 4, the last vector overlaps the one before. */
function largest<T>(x: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize, y: usize): void {
  const start = v128.splat<T>(least<T>());
  let channel: usize = 0;
  for (; channel + BLOCK <= pixelBytes; channel += BLOCK) {
    let value0 = start;
    let value1 = start;
    let value2 = start;
    let value3 = start;
    let nan0 = i32x4.splat(0);
    let nan1 = nan0;
    let nan2 = nan0;
    let nan3 = nan0;
    let row = x + channel;
    for (let h: i32 = 0; h < rows; ++h) {
      let pixel = row;
      for (let w: i32 = 0; w < columns; ++w) {
        const x0 = v128.load(pixel);
        const x1 = v128.load(pixel, 16);
        const x2 = v128.load(pixel, 32);
        const x3 = v128.load(pixel, 48);
        value0 = larger<T>(value0, x0);
        value1 = larger<T>(value1, x1);
        value2 = larger<T>(value2, x2);
        value3 = larger<T>(value3, x3);
        nan0 = unordered<T>(nan0, x0);
        nan1 = unordered<T>(nan1, x1);
        nan2 = unordered<T>(nan2, x2);
        nan3 = unordered<T>(nan3, x3);
        pixel += pixelBytes;
      }
      row += rowBytes;
    }
    v128.store(y + channel, withNaN<T>(value0, nan0));
    v128.store(y + channel, withNaN<T>(value1, nan1), 16);
    v128.store(y + channel, withNaN<T>(value2, nan2), 32);
    v128.store(y + channel, withNaN<T>(value3, nan3), 48);
  }
  const last = pixelBytes - VECTOR;
  for (; channel < pixelBytes; channel += VECTOR) {
    const at = min(channel, last);
    let value = start;
    let nan = i32x4.splat(0);
    let row = x + at;
    for (let h: i32 = 0; h < rows; ++h) {
      let pixel = row;
      for (let w: i32 = 0; w < columns; ++w) {
        const own = v128.load(pixel);
        value = larger<T>(value, own);
        nan = unordered<T>(nan, own);
        pixel += pixelBytes;
      }
      row += rowBytes;
    }
    v128.store(y + at, withNaN<T>(value, nan));
  }
}

/** Fewer than 4 channels: one by one. */
function largestOfSingles<T>(
  x: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  pixelBytes: usize,
  y: usize,
): void {
  for (let channel: usize = 0; channel < pixelBytes; channel += FLOAT) {
    let value = least<T>();
    let row = x + channel;
    for (let h: i32 = 0; h < rows; ++h) {
      let pixel = row;
      for (let w: i32 = 0; w < columns; ++w) {
        value = max<T>(value, load<T>(pixel));
        pixel += pixelBytes;
      }
      row += rowBytes;
    }
    store<T>(y + channel, value);
  }
}
