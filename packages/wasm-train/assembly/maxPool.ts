import { Pooling, windowEnd, windowStart } from './pool_geometry';
import { FLOAT, LANES, VECTOR } from './vector';

/**
 * y[n][i][j][c] = largest x[n][h][w][c] in the window of (i, j), NaN if there is one, pixels outside of the image not counted;
 * minus infinity where the whole window lies outside.
 *
 * Reads x once per window that covers it, writes y once. Its items are images.
 */
export function maxPool(p: Pooling, x: usize, y: usize, from: i32, to: i32, _scratch: usize): void {
  largestOfWindows<f32>(p, x, y, from, to);
}

/** The same of int32. */
export function maxPoolIntegers(p: Pooling, x: usize, y: usize, from: i32, to: i32, _scratch: usize): void {
  largestOfWindows<i32>(p, x, y, from, to);
}

function least<T>(): T {
  return isFloat<T>() ? (-Infinity as T) : (i32.MIN_VALUE as T);
}

function largestOfWindows<T>(p: Pooling, x: usize, y: usize, from: i32, to: i32): void {
  const pixelBytes = (p.channels as usize) * FLOAT;
  const rowBytes = (p.inWidth as usize) * pixelBytes;
  x += (from as usize) * (p.inHeight as usize) * rowBytes;
  y += (from as usize) * ((p.outHeight * p.outWidth) as usize) * pixelBytes;
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

/** Channels 4 at a time; where their number is no multiple of 4, the last vector overlaps the one before. */
function largest<T>(x: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize, y: usize): void {
  const last = pixelBytes - VECTOR;
  for (let channel: usize = 0; channel < pixelBytes; channel += VECTOR) {
    const at = min(channel, last);
    let value = v128.splat<T>(least<T>());
    let row = x + at;
    for (let h: i32 = 0; h < rows; ++h) {
      let pixel = row;
      for (let w: i32 = 0; w < columns; ++w) {
        value = v128.max<T>(value, v128.load(pixel));
        pixel += pixelBytes;
      }
      row += rowBytes;
    }
    v128.store(y + at, value);
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
