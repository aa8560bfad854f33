/**
 * Mean and variance of `runs` runs of contiguous floats, `stride` bytes apart: a channel's planes (channels first) or one
 * group. Reads x once, and its first floats once more, to find where to center.
 */
import { addShifted, addSum, resetSums, sumA, sumB } from './runs';
import { mean, mergeMoments, mergeShifted, reset } from './statistic';
import { FLOAT, sumLanes } from './vector';

/** Floats to a chunk: 16 KiB, half of the smallest L1 cache. */
const CHUNK: i32 = 4096;
/**
 * Part of the first chunk whose mean it is centered on. A part is near enough: its distance d from the mean of the rest
 * adds d^2 times its size to M2, beside which what rounding loses in sum((x - shift)^2) is a few float32 ulps.
 */
const PREFIX_PART: i32 = 4;

/** Leaves the result in the running statistic. Not centered: mean 0, and the mean square as variance. */
export function runStatistics(x: usize, runs: i32, stride: usize, length: i32, centered: bool): void {
  reset();
  if (!centered) {
    resetSums();
    for (let run: i32 = 0; run < runs; run++) addShifted(x + <usize>run * stride, length, 0);
    mergeMoments(<f64>runs * <f64>length, 0, sumLanes(sumB));
    return;
  }
  const runsPerChunk = max(1, CHUNK / length);
  const piece = min(length, CHUNK);
  const prefixRuns = max(1, min(runs, runsPerChunk) / PREFIX_PART);
  const prefix = prefixRuns > 1 || length < 64 ? length : piece / PREFIX_PART;
  let shift = meanOf(x, prefixRuns, stride, min(prefix, piece));
  for (let run: i32 = 0; run < runs; run += runsPerChunk) {
    const here = min(runsPerChunk, runs - run);
    for (let start: i32 = 0; start < length; start += piece) {
      const n = min(piece, length - start);
      const first = x + <usize>run * stride + <usize>start * FLOAT;
      resetSums();
      for (let k: i32 = 0; k < here; k++) addShifted(first + <usize>k * stride, n, shift);
      mergeShifted(<f64>here * <f64>n, shift, sumLanes(sumA), sumLanes(sumB));
      shift = <f32>mean;
    }
  }
}

function meanOf(x: usize, runs: i32, stride: usize, length: i32): f32 {
  resetSums();
  for (let run: i32 = 0; run < runs; run++) addSum(x + <usize>run * stride, length);
  return <f32>(sumLanes(sumA) / (<f64>runs * <f64>length));
}
