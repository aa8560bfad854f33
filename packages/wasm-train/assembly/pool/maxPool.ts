/**
 * y[n][i][j][c] = largest x[n][h][w][c] in the window of (i, j), NaN if there is one, pixels outside of the image not counted;
 * minus infinity where the whole window lies outside.
 *
 * Reads x once per window that covers it, writes y once.
 */
import { LANES, loadLanes, storeLanes } from '../vector';
import { forEachWindow, PoolingForward } from './windows';

/** Bytes of the channels whose largest are kept in registers: the loops over the window are gone through once for all four. */
const BLOCK: usize = 64;

/** The largest of float32. Its items are images. */
export function maxPool(p: PoolingForward, from: i32, to: i32): void {
  forEachWindow<Largest<f32>>(changetype<Largest<f32>>(p), p.x, p.y, from, to);
}

/** The same of int32. */
export function maxPoolIntegers(p: PoolingForward, from: i32, to: i32): void {
  forEachWindow<Largest<i32>>(changetype<Largest<i32>>(p), p.x, p.y, from, to);
}

function least<T>(): T {
  return isFloat<T>() ? (-Infinity as T) : (i32.MIN_VALUE as T);
}

@unmanaged
class Largest<T> extends PoolingForward {
  @inline
  window(x: usize, y: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize): void {
    if (this.channels < LANES) {
      largestOf<T, f32>(x, rows, columns, rowBytes, pixelBytes, 0, y);
    } else {
      const done = largestOfBlocks<T>(x, rows, columns, rowBytes, pixelBytes, y);
      largestOf<T, v128>(x, rows, columns, rowBytes, pixelBytes, done, y);
    }
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

/**
 * Channels 16 at a time; returns the bytes of those that are done. Windows of two by two of 64x8x8x16 take 17 us where `largestOf` takes
 * 23, and those of three by three of 2x28x28x64 take 25 in place of 42.
 */
function largestOfBlocks<T>(
  x: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  pixelBytes: usize,
  y: usize,
): usize {
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
  return channel;
}

/** The same, 4 or 1 at a time from one on; if 4 do not go into their number, the last vector overlaps the one before. */
function largestOf<T, L>(
  x: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  pixelBytes: usize,
  channel: usize,
  y: usize,
): void {
  const last = pixelBytes - sizeof<L>();
  for (; channel < pixelBytes; channel += sizeof<L>()) {
    const at = min(channel, last);
    let value = v128.splat<T>(least<T>());
    let nan = i32x4.splat(0);
    let row = x + at;
    for (let h: i32 = 0; h < rows; ++h) {
      let pixel = row;
      for (let w: i32 = 0; w < columns; ++w) {
        const own = loadLanes<L>(pixel);
        value = larger<T>(value, own);
        nan = unordered<T>(nan, own);
        pixel += pixelBytes;
      }
      row += rowBytes;
    }
    storeLanes<L>(y + at, withNaN<T>(value, nan));
  }
}
