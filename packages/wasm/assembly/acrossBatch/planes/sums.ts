/**
 * Statistics across the batch, channels first: x is [rows, channels, inner], and a channel has a plane of `inner` contiguous
 * floats in each row. Sums by segments of rows, for finish.ts to merge. An item is a channel of a segment; each is handled by
 * itself, and those of a segment together, so that memory is read in its own order.
 */
import { Call } from '../../call';
import { double, float, storeDouble } from '../../loops/numbers';
import { first, pair, second } from '../../loops/pair';
import { addRun } from '../../loops/statistics';
import { sumsOf } from '../../loops/sums';
import { FLOAT } from '../../loops/vector';
import { M2, MEAN, rowsPerSegment, SUM_DY, SUM_DYX, totals } from '../shared';

/** Leaves mean and M2 of the items `from` to `to` (exclusive). Reads x once. */
export function acrossBatchPlanesStatistics(call: Call, from: i32, to: i32): void {
  const channels = call.channels;
  const perSegment = rowsPerSegment(call.batch * call.outer, channels, call.inner);
  for (let item = from; item < to; ) {
    const segment = item / channels;
    const c = item % channels;
    const end = min(channels, c + to - item);
    addStatistics(
      call,
      segment * perSegment,
      perSegment,
      c,
      end,
      totals(call, segment, MEAN),
      totals(call, segment, M2),
    );
    item += end - c;
  }
}

/** Mean and M2 of the channels c to `end` over the rows from `start` on, `count` at the most. */
function addStatistics(call: Call, start: i32, count: i32, c: i32, end: i32, mean: usize, m2: usize): void {
  const inner = call.inner;
  const last = min(call.batch * call.outer, start + count);
  for (let row = start; row < last; row++) {
    const seen = <f64>(row - start) * <f64>inner;
    for (let k = c; k < end; k++) {
      const plane = call.x + (<usize>row * call.channels + k) * inner * FLOAT;
      const earlier = row === start ? pair(0, 0) : pair(double(mean, k), double(m2, k));
      const statistic = addRun(plane, inner, seen, earlier);
      storeDouble(mean, k, first(statistic));
      storeDouble(m2, k, second(statistic));
    }
  }
}

/** Leaves sum(dy) and sum(dy * (x - mean)) of the items `from` to `to` (exclusive). Reads dy and x once. */
export function acrossBatchPlanesGradientSums(call: Call, from: i32, to: i32): void {
  const channels = call.channels;
  const perSegment = rowsPerSegment(call.batch * call.outer, channels, call.inner);
  for (let item = from; item < to; ) {
    const segment = item / channels;
    const c = item % channels;
    const end = min(channels, c + to - item);
    addGradientSums(
      call,
      segment * perSegment,
      perSegment,
      c,
      end,
      totals(call, segment, SUM_DY),
      totals(call, segment, SUM_DYX),
    );
    item += end - c;
  }
}

function addGradientSums(
  call: Call,
  start: i32,
  count: i32,
  c: i32,
  end: i32,
  sumDy: usize,
  sumDyX: usize,
): void {
  const inner = call.inner;
  const last = min(call.batch * call.outer, start + count);
  for (let row = start; row < last; row++) {
    for (let k = c; k < end; k++) {
      const at = (<usize>row * call.channels + k) * inner * FLOAT;
      const sums = sumsOf<usize>(call.dy + at, call.x + at, inner, <f32>float(call.mean, k));
      storeDouble(sumDy, k, (row === start ? 0 : double(sumDy, k)) + first(sums));
      storeDouble(sumDyX, k, (row === start ? 0 : double(sumDyX, k)) + second(sums));
    }
  }
}
