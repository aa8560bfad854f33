/**
 * Mean and M2 (sum of squared differences from the mean) of every column, in float64: the statistic of statistic.ts, two
 * columns to a vector. Reads x once, and 16 rows of it once more.
 */
import { clear, doublesBytes, floatsBytes } from './arrays';
import { FirstChunk, LaterChunk, mergeChunk } from './columnMerge';
import { addColumns } from './columnSums';
import { finite, fourFinite, mergeArrays } from './statistic';
import { FourRuns, NoDy, OneRun } from './typeArguments';
import { DOUBLE, FLOAT, VECTOR } from './vector';
import { rowsPerWideRow, wideRowWidth } from './wideRows';

/** Streams that go together: from memory, too, they beat fewer (100352x64: 1.05 ms and 1.27 with one). */
export const STREAMS: i32 = 4;
/** Rows of each stream that float32 sums take in before they are widened: few enough to keep float32's last bit. */
const CHUNK_ROWS: i32 = 64;
/** Rows of each stream whose mean the first chunk is centered on. */
const CENTER_ROWS: i32 = 4;
/**
 * Rows of each stream in the first chunk. Its center is near enough for a chunk that has not many times as many rows, since M2 holds
 * their distance from the rest: with one row of each stream in place of four, the variance of 100x512 is off by 3.9e-7 in place of
 * 1.8e-7.
 */
const FIRST_ROWS: i32 = 32;

/** Bytes of scratch space: three float32 arrays and two float64 arrays of a wide row. */
export function columnsScratchBytes(channels: i32): usize {
  const width = wideRowWidth(channels);
  return 3 * floatsBytes(width) + 2 * doublesBytes(width);
}

/**
 * Leaves mean and M2 of each channel in these float64 arrays. x is `rows` contiguous rows of `channels` floats; `scratch` holds
 * columnsScratchBytes.
 */
export function columnStatistics(
  x: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  m2: usize,
  scratch: usize,
): void {
  const perWideRow = rowsPerWideRow(channels);
  const wideRows = rows / perWideRow;
  const whole = wideRows * perWideRow;
  const width = channels * perWideRow;
  if (perWideRow === 1) {
    addRows(x, rows, width, 0, mean, m2, scratch);
    return;
  }
  if (wideRows > 0) {
    const wideMean = scratch + 3 * floatsBytes(width);
    const wideM2 = wideMean + doublesBytes(width);
    addRows(x, wideRows, width, 0, wideMean, wideM2, scratch);
    fold(wideMean, wideM2, <f64>wideRows, channels, perWideRow, mean, m2);
  }
  if (whole < rows) {
    const rest = x + <usize>whole * <usize>channels * FLOAT;
    addRows(rest, rows - whole, channels, <f64>whole, mean, m2, scratch);
  }
}

/** Adds rows to columns whose mean and M2 are of `count` rows. */
function addRows(x: usize, rows: i32, width: i32, count: f64, mean: usize, m2: usize, scratch: usize): void {
  const shift = scratch;
  const sum = shift + floatsBytes(width);
  const square = sum + floatsBytes(width);
  const stride = <usize>width * FLOAT;
  const part = rows / STREAMS;
  const apart = <usize>part * stride;
  clear(sum, FLOAT, width);
  clear(square, FLOAT, width);
  centerOnRows(x, max(1, min(part, CENTER_ROWS)), apart, width, shift);
  let n = min(part, FIRST_ROWS);
  const left = rows - STREAMS * part;
  addColumns<NoDy, FourRuns>(false, x, n, apart, width, shift, sum, square);
  addColumns<NoDy, OneRun>(false, x + <usize>STREAMS * apart, left, 0, width, shift, sum, square);
  const inFirst = <f64>(STREAMS * n + left);
  if (count > 0) mergeChunk<LaterChunk>(inFirst, count, width, shift, sum, square, mean, m2);
  else mergeChunk<FirstChunk>(inFirst, 0, width, shift, sum, square, mean, m2);
  count += inFirst;
  for (let r = n; r < part; r += n) {
    n = min(part - r, CHUNK_ROWS);
    addColumns<NoDy, FourRuns>(false, x + <usize>r * stride, n, apart, width, shift, sum, square);
    mergeChunk<LaterChunk>(<f64>(STREAMS * n), count, width, shift, sum, square, mean, m2);
    count += <f64>(STREAMS * n);
  }
}

/** The mean of the first `rows` rows of each stream. */
function centerOnRows(x: usize, rows: i32, apart: usize, width: i32, shift: usize): void {
  const weight: f32 = 1 / <f32>(STREAMS * rows);
  const weights = f32x4.splat(weight);
  const stride = <usize>width * FLOAT;
  const vectors = <usize>(width & ~3) * FLOAT;
  let at: usize = 0;
  for (; at < vectors; at += VECTOR) {
    let mean = f32x4.splat(0);
    let from = x + at;
    for (let r: i32 = 0; r < rows; r++) {
      const from2 = from + 2 * apart;
      const a = f32x4.add(f32x4.mul(v128.load(from), weights), f32x4.mul(v128.load(from + apart), weights));
      const b = f32x4.add(f32x4.mul(v128.load(from2), weights), f32x4.mul(v128.load(from2 + apart), weights));
      mean = f32x4.add(mean, f32x4.add(a, b));
      from += stride;
    }
    v128.store(shift + at, fourFinite(mean));
  }
  // The last 1 to 3 columns one by one: nothing behind the rows is read.
  for (; at < stride; at += FLOAT) {
    let mean: f32 = 0;
    for (let r: i32 = 0; r < STREAMS * rows; r++) {
      mean += load<f32>(x + <usize>(r % STREAMS) * apart + <usize>(r / STREAMS) * stride + at) * weight;
    }
    store<f32>(shift + at, <f32>finite(mean));
  }
}

/** Merges the columns of each channel, all of `n` rows. */
function fold(
  wideMean: usize,
  wideM2: usize,
  n: f64,
  channels: i32,
  perWideRow: i32,
  mean: usize,
  m2: usize,
): void {
  const bytes = <usize>channels * DOUBLE;
  memory.copy(mean, wideMean, bytes);
  memory.copy(m2, wideM2, bytes);
  for (let k: i32 = 1; k < perWideRow; k++) {
    const at = <usize>k * bytes;
    mergeArrays(n * <f64>k, mean, m2, n, wideMean + at, wideM2 + at, channels);
  }
}
