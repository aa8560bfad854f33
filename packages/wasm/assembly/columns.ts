/**
 * Statistics across the batch where channels are the innermost axis (features, or channels last): x is [rows, channels],
 * one statistic per column. These are the passes over x, for the tile of columns that begins at `c`: sums by segments of
 * rows (`from` to `to`, exclusive), which leave their results in `totals` for columnFactors.ts to merge, and element-wise
 * loops over rows `from` to `to`, which apply the `factors` that it made.
 *
 * `tile` holds TILE_BYTES, of each thread its own; `totals` TOTALS_BYTES for each segment.
 */
import { addGradientTile, CENTER, inputGradientTile, normalizeTile } from './columnPasses';
import { columnStatistics } from './columnStatistics';
import { floats, replicasOf, TILE, TOTALS_BYTES, useArrays } from './columnTile';
import { segmentRows } from './segments';
import { FLOAT } from './vector';

/** Rows to a segment: a multiple of all numbers of replicas, so that only the last segment has rows left over. */
export function columnsPerSegment(rows: i32, channels: i32): i32 {
  return segmentRows(rows, channels, 64);
}

/** Where the totals of a segment are. */
export function segmentTotals(totals: usize, segment: i32): usize {
  return totals + <usize>segment * TOTALS_BYTES;
}

/** Leaves mean and M2 of the tile's columns, segment by segment. Reads x once. */
export function columnsStatistics(
  x: usize,
  rows: i32,
  channels: i32,
  c: i32,
  totals: usize,
  from: i32,
  to: i32,
  tile: usize,
): void {
  const perSegment = columnsPerSegment(rows, channels);
  const stride = <usize>channels * FLOAT;
  const replicas = replicasOf(channels);
  for (let segment = from; segment < to; segment++) {
    useArrays(tile, segmentTotals(totals, segment));
    const start = segment * perSegment;
    const at = <usize>start * stride + <usize>c * FLOAT;
    columnStatistics(x + at, min(perSegment, rows - start), stride, min(TILE, channels - c), replicas);
  }
}

/** y = (x - center) * scale + offset. Reads x once, writes y once. */
export function columnsApplyNormalize(
  x: usize,
  y: usize,
  channels: i32,
  c: i32,
  factors: usize,
  from: i32,
  to: i32,
): void {
  useArrays(factors, 0);
  const at = <usize>from * <usize>channels * FLOAT;
  normalizeTile(x + at, y + at, to - from, channels, c, min(TILE, channels - c));
}

/** Leaves sum(dy) and sum(dy * (x - mean)) of the tile's columns, segment by segment. Reads dy and x once. */
export function columnsSums(
  dy: usize,
  x: usize,
  mean: usize,
  rows: i32,
  channels: i32,
  c: i32,
  totals: usize,
  from: i32,
  to: i32,
  tile: usize,
): void {
  const perSegment = columnsPerSegment(rows, channels);
  const width = min(TILE, channels - c);
  for (let segment = from; segment < to; segment++) {
    useArrays(tile, segmentTotals(totals, segment));
    memory.copy(floats(CENTER), mean + <usize>c * FLOAT, <usize>width * FLOAT);
    const start = segment * perSegment;
    const at = <usize>start * <usize>channels * FLOAT;
    addGradientTile(dy + at, x + at, min(perSegment, rows - start), channels, c, width);
  }
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant. Reads dy and x once, writes dx once. */
export function columnsApplyInputGradient(
  dy: usize,
  x: usize,
  dx: usize,
  channels: i32,
  c: i32,
  factors: usize,
  from: i32,
  to: i32,
): void {
  useArrays(factors, 0);
  const at = <usize>from * <usize>channels * FLOAT;
  inputGradientTile(dy + at, x + at, dx + at, to - from, channels, c, min(TILE, channels - c));
}
