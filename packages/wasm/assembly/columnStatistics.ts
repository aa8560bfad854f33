/**
 * Mean and M2 (sum of squared differences from the mean) of every column of a tile, in float64: the running statistic of
 * statistic.ts, two columns to a vector. Reads x once, and the first chunk of rows once more.
 */
import { double, storeDouble } from './coefficients';
import { addColumns, addShiftedColumns } from './columnSums';
import { CHUNK_ROWS, clear, doubles, floats } from './columnTile';
import { FLOAT } from './vector';

/** The arrays of the tile, by what they hold here. */
const SHIFT: usize = 0;
const SUM: usize = 1;
const SQUARE: usize = 2;
/** Rows whose mean the first chunk is centered on: a few are near enough, since M2 holds their distance from the rest. */
const SHIFT_ROWS: i32 = 16;
export const MEAN: usize = 0;
export const M2: usize = 1;

/** Statistics of rows of `channels` floats, of which `replicas` at a time are read as one wide row. */
export function columnStatistics(x: usize, rows: i32, stride: usize, channels: i32, replicas: i32): void {
  const wideRows = rows / replicas;
  const folded = wideRows * replicas;
  const width = channels * replicas;
  clear(doubles(MEAN), 8, width);
  clear(doubles(M2), 8, width);
  if (wideRows > 0) addRows(x, wideRows, stride * replicas, width, 0);
  if (replicas > 1) foldStatistics(<f64>wideRows, channels, replicas);
  if (folded < rows) addRows(x + <usize>folded * stride, rows - folded, stride, channels, <f64>folded);
}

/** Adds rows to columns that have seen `count` rows before. */
function addRows(x: usize, rows: i32, stride: usize, width: i32, count: f64): void {
  centerOnFirstChunk(x, min(rows, SHIFT_ROWS), stride, width);
  for (let r: i32 = 0; r < rows; r += CHUNK_ROWS) {
    const n = min(CHUNK_ROWS, rows - r);
    clear(floats(SUM), FLOAT, width);
    clear(floats(SQUARE), FLOAT, width);
    addShiftedColumns(x + <usize>r * stride, n, stride, width, floats(SHIFT), floats(SUM), floats(SQUARE));
    merge(<f64>n, count, width);
    count += <f64>n;
  }
}

function centerOnFirstChunk(x: usize, rows: i32, stride: usize, width: i32): void {
  clear(floats(SUM), FLOAT, width);
  addColumns(x, rows, stride, width, floats(SUM));
  const n = f32x4.splat(<f32>rows);
  for (let j: i32 = 0; j < width; j += 4) {
    const at = <usize>j * FLOAT;
    v128.store(floats(SHIFT) + at, f32x4.div(v128.load(floats(SUM) + at), n));
  }
}

/** Chan's merge of a chunk of n rows into `count` earlier ones, and the next chunk's shift. */
function merge(n: f64, count: f64, width: i32): void {
  const total = count + n;
  const perRow = f64x2.splat(1 / n);
  const meanWeight = f64x2.splat(n / total);
  const m2Weight = f64x2.splat((count * n) / total);
  for (let j: i32 = 0; j < width; j += 2) {
    const at = (<usize>j) << 2;
    const at2 = (<usize>j) << 3;
    const sum = f64x2.promote_low_f32x4(v128.load64_zero(floats(SUM) + at));
    const square = f64x2.promote_low_f32x4(v128.load64_zero(floats(SQUARE) + at));
    const shift = f64x2.promote_low_f32x4(v128.load64_zero(floats(SHIFT) + at));
    const mean = v128.load(doubles(MEAN) + at2);
    const m2 = v128.load(doubles(M2) + at2);
    const average = f64x2.mul(sum, perRow);
    const delta = f64x2.sub(f64x2.add(shift, average), mean);
    const newMean = f64x2.add(mean, f64x2.mul(delta, meanWeight));
    const within = f64x2.sub(square, f64x2.mul(sum, average));
    const between = f64x2.mul(f64x2.mul(delta, delta), m2Weight);
    v128.store(doubles(MEAN) + at2, newMean);
    v128.store(doubles(M2) + at2, f64x2.add(f64x2.add(m2, within), between));
    v128.store_lane<f64>(floats(SHIFT) + at, f32x4.demote_f64x2_zero(newMean), 0);
  }
}

/** Merges the replicas of each channel, all of `n` rows, into the first `channels` entries. */
function foldStatistics(n: f64, channels: i32, replicas: i32): void {
  if (n === 0) return;
  for (let c: i32 = 0; c < channels; c++) {
    let mean = double(doubles(MEAN), c);
    let m2 = double(doubles(M2), c);
    for (let k: i32 = 1; k < replicas; k++) {
      const j = k * channels + c;
      const delta = double(doubles(MEAN), j) - mean;
      mean += delta / <f64>(k + 1);
      m2 += double(doubles(M2), j) + (delta * delta * n * <f64>k) / <f64>(k + 1);
    }
    storeDouble(doubles(MEAN), c, mean);
    storeDouble(doubles(M2), c, m2);
  }
}

/**
 * Chan's merge of `n` rows, whose statistics stand in the arrays at `other`, into the `count` rows of the tile's arrays.
 */
export function mergeStatistics(other: usize, n: f64, count: f64, width: i32): void {
  const meanWeight = f64x2.splat(n / (count + n));
  const m2Weight = f64x2.splat((count * n) / (count + n));
  const otherM2 = other + (doubles(M2) - doubles(MEAN));
  for (let j: i32 = 0; j < width; j += 2) {
    const at = (<usize>j) << 3;
    const mean = v128.load(doubles(MEAN) + at);
    const delta = f64x2.sub(v128.load(other + at), mean);
    const between = f64x2.mul(f64x2.mul(delta, delta), m2Weight);
    const m2 = f64x2.add(v128.load(doubles(M2) + at), v128.load(otherM2 + at));
    v128.store(doubles(MEAN) + at, f64x2.add(mean, f64x2.mul(delta, meanWeight)));
    v128.store(doubles(M2) + at, f64x2.add(m2, between));
  }
}
