/**
 * Statistics per sample, channels last (GroupNorm, InstanceNorm): x is [batch, rows, channels] with `perGroup` channels to
 * a group. Columns are worked on as in columns.ts, sample by sample, and put together by group: what the kernels of
 * groupsLastForward.ts and groupsLastBackward.ts have in common. Every kernel handles the samples `from` to `to`
 * (exclusive), each by itself.
 *
 * Absent gamma or beta is pointer 0. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = perGroup * rows.
 * `scratch` holds groupsLastScratchBytes, of each thread its own; `totals` is described in totals.ts.
 */
import { double, storeFloat } from './coefficients';
import { TILE_BYTES, TOTALS_BYTES, useArrays } from './columnTile';
import { FLOAT } from './vector';

/** Bytes of scratch space of a thread: the tile's arrays, and two float64 arrays of a sample's columns (later groups). */
export function groupsLastScratchBytes(channels: i32): usize {
  return <usize>(TILE_BYTES + TOTALS_BYTES) + 2 * 8 * <usize>channels;
}

/** The two float64 arrays of a sample: of its columns, later of its groups. */
export let first: usize = 0;
export let second: usize = 0;

export function useScratch(scratch: usize, channels: i32): void {
  useArrays(scratch, scratch + TILE_BYTES);
  first = scratch + <usize>(TILE_BYTES + TOTALS_BYTES);
  second = first + <usize>channels * 8;
}

/** Bytes before sample n. */
export function sample(n: i32, rows: i32, channels: i32): usize {
  return <usize>n * <usize>rows * <usize>channels * FLOAT;
}

/** Stores what `first` and `second` hold of the groups of sample n. */
export function storeGroups(mean: usize, variance: usize, n: i32, groups: i32): void {
  for (let g: i32 = 0; g < groups; g++) {
    storeFloat(mean, n * groups + g, double(first, g));
    storeFloat(variance, n * groups + g, double(second, g));
  }
}
