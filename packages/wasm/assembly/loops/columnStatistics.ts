/**
 * Mean and M2 (sum of squared differences from the mean) of every column, in float64: the statistic of statistic.ts, two
 * columns to a vector. Reads x once, and its first rows once more.
 */
import { clear, doublesBytes, floatsBytes } from './arrays';
import { addColumns, STATISTIC_ROWS_TOGETHER } from './columnSums';
import { double, storeDouble } from './numbers';
import { FLOAT } from './vector';
import { rowsPerWideRow, wideRowWidth } from './wideRows';

/** Rows that float32 sums take in before they are widened: few enough to keep float32's last bit. */
const CHUNK_ROWS: i32 = 128;
/** Rows whose mean the first chunk is centered on: a few are near enough, since M2 holds their distance from the rest. */
const SHIFT_ROWS: i32 = 16;

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
  clear(mean, 8, channels);
  clear(m2, 8, channels);
  if (perWideRow === 1) {
    addRows(x, rows, width, 0, mean, m2, scratch);
    return;
  }
  if (wideRows > 0) {
    const wideMean = scratch + 3 * floatsBytes(width);
    const wideM2 = wideMean + doublesBytes(width);
    clear(wideMean, 8, width);
    clear(wideM2, 8, width);
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
  centerOnFirstRows(x, min(rows, SHIFT_ROWS), width, shift, sum, square);
  for (let r: i32 = 0; r < rows; r += CHUNK_ROWS) {
    const n = min(CHUNK_ROWS, rows - r);
    clear(sum, FLOAT, width);
    clear(square, FLOAT, width);
    addColumns<bool>(
      false,
      x + <usize>r * <usize>width * FLOAT,
      n,
      width,
      STATISTIC_ROWS_TOGETHER,
      shift,
      sum,
      square,
    );
    mergeChunk(<f64>n, count, width, shift, sum, square, mean, m2);
    count += <f64>n;
  }
}

function centerOnFirstRows(x: usize, rows: i32, width: i32, shift: usize, sum: usize, square: usize): void {
  clear(shift, FLOAT, width);
  clear(sum, FLOAT, width);
  addColumns<bool>(false, x, rows, width, STATISTIC_ROWS_TOGETHER, shift, sum, square);
  const n = f32x4.splat(<f32>rows);
  for (let j: i32 = 0; j < width; j += 4) {
    const at = <usize>j * FLOAT;
    v128.store(shift + at, f32x4.div(v128.load(sum + at), n));
  }
}

/** Chan's merge of a chunk of n rows into `count` earlier ones, and the next chunk's shift. */
function mergeChunk(
  n: f64,
  count: f64,
  width: i32,
  shift: usize,
  sum: usize,
  square: usize,
  mean: usize,
  m2: usize,
): void {
  const total = count + n;
  const perRow = f64x2.splat(1 / n);
  const meanWeight = f64x2.splat(n / total);
  const m2Weight = f64x2.splat((count * n) / total);
  for (let j: i32 = 0; j < width; j += 2) {
    const at = (<usize>j) << 2;
    const at2 = (<usize>j) << 3;
    const sums = f64x2.promote_low_f32x4(v128.load64_zero(sum + at));
    const squares = f64x2.promote_low_f32x4(v128.load64_zero(square + at));
    const center = f64x2.promote_low_f32x4(v128.load64_zero(shift + at));
    const earlier = v128.load(mean + at2);
    const average = f64x2.mul(sums, perRow);
    const delta = f64x2.sub(f64x2.add(center, average), earlier);
    const newMean = f64x2.add(earlier, f64x2.mul(delta, meanWeight));
    const within = f64x2.sub(squares, f64x2.mul(sums, average));
    const between = f64x2.mul(f64x2.mul(delta, delta), m2Weight);
    v128.store(mean + at2, newMean);
    v128.store(m2 + at2, f64x2.add(f64x2.add(v128.load(m2 + at2), within), between));
    v128.store_lane<f64>(shift + at, f32x4.demote_f64x2_zero(newMean), 0);
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
  for (let c: i32 = 0; c < channels; c++) {
    let average = double(wideMean, c);
    let squares = double(wideM2, c);
    for (let k: i32 = 1; k < perWideRow; k++) {
      const j = k * channels + c;
      const delta = double(wideMean, j) - average;
      average += delta / <f64>(k + 1);
      squares += double(wideM2, j) + (delta * delta * n * <f64>k) / <f64>(k + 1);
    }
    storeDouble(mean, c, average);
    storeDouble(m2, c, squares);
  }
}
