/**
 * Statistics across the batch, channels first: x is [rows, channels, inner], and a channel has a plane of `inner` contiguous
 * floats in each row. Sums by segments of rows, for finish.ts to merge. An item is a channel of a segment; each is handled by
 * itself, and those of a segment together, so that memory is read in its own order.
 */
import { Call } from '../../call';
import { double, float, storeDouble } from '../../loops/numbers';
import { first, pair, second } from '../../loops/pair';
import { addRun, CHUNK } from '../../loops/runStatistics';
import { finite } from '../../loops/statistic';
import { sumsOf } from '../../loops/sums';
import { NoDy, WithDy } from '../../loops/typeArguments';
import { FLOAT } from '../../loops/vector';
import { M2, MEAN, rowsPerSegment, SUM_DY, SUM_DYX, totals } from '../shared';

/** Leaves mean and M2 of the items `from` to `to` (exclusive). Reads x once. */
export function acrossBatchPlanesStatistics(call: Call, from: i32, to: i32): void {
  addItems<NoDy>(call, from, to);
}

/** Leaves sum(dy) and sum(dy * (x - mean)) of the items `from` to `to` (exclusive). Reads dy and x once. */
export function acrossBatchPlanesGradientSums(call: Call, from: i32, to: i32): void {
  addItems<WithDy>(call, from, to);
}

/** Segment after segment. */
function addItems<Dy>(call: Call, from: i32, to: i32): void {
  const channels = call.channels;
  const rows = call.batch * call.outer;
  const perSegment = rowsPerSegment(rows, channels, call.inner);
  for (let item = from; item < to; ) {
    const segment = item / channels;
    const c = item % channels;
    const end = min(channels, c + to - item);
    const start = segment * perSegment;
    const last = min(rows, start + perSegment);
    const a = totals(call, segment, isBoolean<Dy>() ? MEAN : SUM_DY);
    const b = totals(call, segment, isBoolean<Dy>() ? M2 : SUM_DYX);
    if (isBoolean<Dy>()) addStatistics(call, start, last, c, end, a, b);
    else addGradientSums(call, start, last, c, end, a, b);
    item += end - c;
  }
}

/** Mean and M2 of the channels c to `end` over the rows `start` to `last`. */
function addStatistics(call: Call, start: i32, last: i32, c: i32, end: i32, mean: usize, m2: usize): void {
  const inner = call.inner;
  for (let row = start; row < last; row++) {
    const seen = <f64>(row - start) * <f64>inner;
    if (inner <= CHUNK && row > start) {
      addPlanes(call, row, seen, c, end, mean, m2);
      continue;
    }
    for (let k = c; k < end; k++) {
      const earlier = row === start ? pair(0, 0) : pair(double(mean, k), double(m2, k));
      const statistic = addRun(planeOf(call, row, k), inner, seen, earlier);
      storeDouble(mean, k, first(statistic));
      storeDouble(m2, k, second(statistic));
    }
  }
}

function planeOf(call: Call, row: i32, c: i32): usize {
  return call.x + (<usize>row * call.channels + c) * call.inner * FLOAT;
}

/**
 * addRun for a row of planes of one chunk each. Their weights are the same for all channels: without a division for each plane,
 * 32x512x7x7 takes two thirds of the time.
 */
function addPlanes(call: Call, row: i32, seen: f64, c: i32, end: i32, mean: usize, m2: usize): void {
  const inner = call.inner;
  const perValue = 1 / <f64>inner;
  const meanWeight = <f64>inner / (seen + <f64>inner);
  const m2Weight = seen * meanWeight;
  for (let k = c; k < end; k++) {
    const earlier = double(mean, k);
    const near = finite(earlier);
    const shift = <f32>near;
    const sums = sumsOf<NoDy>(false, planeOf(call, row, k), inner, shift);
    const average = first(sums) * perValue;
    const delta = <f64>shift + average - near;
    storeDouble(mean, k, earlier + delta * meanWeight);
    storeDouble(m2, k, double(m2, k) + (second(sums) - first(sums) * average) + delta * delta * m2Weight);
  }
}

/** sum(dy) and sum(dy * (x - mean)) of the same. */
function addGradientSums(
  call: Call,
  start: i32,
  last: i32,
  c: i32,
  end: i32,
  sumDy: usize,
  sumDyX: usize,
): void {
  const inner = call.inner;
  for (let row = start; row < last; row++) {
    for (let k = c; k < end; k++) {
      const at = (<usize>row * call.channels + k) * inner * FLOAT;
      const sums = sumsOf<WithDy>(call.dy + at, call.x + at, inner, <f32>float(call.mean, k));
      storeDouble(sumDy, k, (row === start ? 0 : double(sumDy, k)) + first(sums));
      storeDouble(sumDyX, k, (row === start ? 0 : double(sumDyX, k)) + second(sums));
    }
  }
}
