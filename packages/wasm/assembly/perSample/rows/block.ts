/**
 * Blocks of rows that are worked on together, while the nearest cache holds them: the same group of some samples. Each loop runs
 * over all rows of a block before the next loop does, so that the processor has other rows to go on with while the root and the
 * quotients of one are computed. Two rows, one of each half of the block, share each load of gamma and beta.
 *
 * What a loop leaves of a row for the next one is in the row's record, in scratch space.
 */

/** Rows of a block at the most. */
const MOST_ROWS: i32 = 16;
/** Floats of a block at the most, if it is more than one row: 16 KiB. */
const BLOCK_FLOATS: i32 = 4096;
/**
 * Floats of an x that is taken to come from memory, where rows are worked on one after the other: in blocks the backward pass of
 * 8192x300 takes 2.6 ms in place of 1.7, and that of 4096x768 3.2 in place of 2.0.
 */
const BEYOND_CACHE: i32 = 1 << 20;

/** Bytes of a row's record, which begins with two float64 numbers, its moments or its sums; then come its float32 factors. */
const RECORD: usize = 32;
export const CENTER: usize = 16;
export const RSTD: usize = 20;
export const OFFSET: usize = 24;
export const X_FACTOR: usize = 24;
export const CONSTANT: usize = 28;

/** Bytes of the records of a block. */
export const RECORDS: usize = <usize>MOST_ROWS * RECORD;

/** Samples of a block: 1, or an even number. */
export function blockSamples(batch: i32, channels: i32, groups: i32): i32 {
  if (<f64>batch * <f64>channels >= <f64>BEYOND_CACHE) return 1;
  return max(1, min(MOST_ROWS, BLOCK_FLOATS / (channels / groups)) & ~1);
}

/** Blocks of samples, of which the last need not be full. */
export function perSampleRowsBlocks(batch: i32, channels: i32, groups: i32): i32 {
  const samples = blockSamples(batch, channels, groups);
  return (batch + samples - 1) / samples;
}

/** The record of a row. */
export function recordOf(records: usize, row: i32): usize {
  return records + <usize>row * RECORD;
}

/** The first numbers of this row and the next. */
export function firstNumbers(record: usize): v128 {
  return v128.shuffle<f64>(v128.load(record), v128.load(record + RECORD), 0, 2);
}

/** The second numbers of this row and the next. */
export function secondNumbers(record: usize): v128 {
  return v128.shuffle<f64>(v128.load(record), v128.load(record + RECORD), 1, 3);
}

/** A factor of this row and the next, in float64. */
export function factorsOf(record: usize, factor: usize): v128 {
  const floats = v128.load_lane<f32>(record + RECORD + factor, v128.load32_zero(record + factor), 1);
  return f64x2.promote_low_f32x4(floats);
}

/** Stores a factor of this row and the next. */
export function storeFactors(record: usize, factor: usize, values: v128): void {
  const floats = f32x4.demote_f64x2_zero(values);
  v128.store_lane<f32>(record + factor, floats, 0);
  v128.store_lane<f32>(record + RECORD + factor, floats, 1);
}
