/** The statistic of a run of contiguous floats. */
import { first, pair, second } from './pair';
import { merge, statisticOf, varianceOf } from './statistic';
import { sumsOf } from './sums';
import { FLOAT } from './vector';

/** Floats to a chunk: 16 KiB, half of the smallest L1 cache. */
export const CHUNK: i32 = 4096;
/**
 * Part of the first chunk whose mean it is centered on, and floats of that part at least. A part is near enough: its distance d
 * from the mean of the rest adds d^2 times its size to M2, beside which what rounding loses in sum((x - shift)^2) is a few
 * float32 ulps.
 */
const PREFIX_PART: i32 = 4;
const PREFIX: i32 = 16;

/** [mean, variance]; if not centered, 0 and the mean square. Reads x once, and its first floats twice. */
export function momentsOf(x: usize, length: i32, centered: bool): v128 {
  if (!centered) return pair(0, second(sumsOf<bool>(false, x, length, 0)) / <f64>length);
  const statistic = addRun(x, length, 0, pair(0, 0));
  return pair(first(statistic), varianceOf(second(statistic), <f64>length));
}

/** [mean, M2] of `count` values with this statistic, and the run. */
export function addRun(x: usize, length: i32, count: f64, statistic: v128): v128 {
  let result = statistic;
  let shift = count > 0 ? <f32>first(statistic) : meanOfPrefix(x, min(length, CHUNK));
  for (let start: i32 = 0; start < length; start += CHUNK) {
    const n = min(CHUNK, length - start);
    const sums = sumsOf<bool>(false, x + <usize>start * FLOAT, n, shift);
    result = merge(count, result, n, statisticOf(n, shift, sums));
    count += <f64>n;
    shift = <f32>first(result);
  }
  return result;
}

function meanOfPrefix(x: usize, length: i32): f32 {
  const prefix = min(length, max(PREFIX, length / PREFIX_PART));
  return <f32>(first(sumsOf<bool>(false, x, prefix, 0)) / <f64>prefix);
}
