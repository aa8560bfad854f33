/**
 * The scratch space that the passes of an operation share: the factors of the element-wise pass, of columns also interleaved, and for
 * each segment of the batch two float64 arrays of a sum or a statistic for each channel.
 *
 * x is [rows, channels, inner], where a row is all that one sample and outer position have.
 */
import { Call } from '../call';
import { doublesBytes, floatsBytes } from '../loops/arrays';
import { STREAMS } from '../loops/columnStatistics';
import { factorsBytes, interleave } from '../loops/factors';
import { segmentRows } from '../loops/segments';
import { rowsPerWideRow, wideRowWidth } from '../loops/wideRows';

/** The float64 arrays of a segment: of statistics, of gradient sums. */
export const MEAN: i32 = 0;
export const M2: i32 = 1;
export const SUM_DY: i32 = 0;
export const SUM_DYX: i32 = 1;

/** Entries of a float32 array: columns read wide rows. */
function factorsWidth(channels: i32, inner: i32): i32 {
  return inner === 1 ? wideRowWidth(channels) : channels;
}

export function factors(call: Call, array: i32): usize {
  return call.shared + <usize>array * floatsBytes(factorsWidth(call.channels, call.inner));
}

/** Interleaves the first `count` arrays for the columns. */
export function interleaveFactors(call: Call, count: i32): void {
  if (call.inner === 1) interleave(call.shared, count, call.channels, wideRowWidth(call.channels));
}

/** The interleaved factors. */
export function columnFactors(call: Call): usize {
  return call.shared + factorsBytes(wideRowWidth(call.channels));
}

/** All factors, of columns also interleaved. */
function allFactorsBytes(channels: i32, inner: i32): usize {
  return (inner === 1 ? 2 : 1) * factorsBytes(factorsWidth(channels, inner));
}

export function totals(call: Call, segment: i32, array: i32): usize {
  const first = call.shared + allFactorsBytes(call.channels, call.inner);
  return first + <usize>(2 * segment + array) * doublesBytes(call.channels);
}

/**
 * Rows to a segment: of columns so many wide rows for each stream, so that only the last segment has rows left over. They come from
 * memory out of order: the gradient sums of 32x512x7x7 take 0.167 ms with two of them to a segment, and 0.131 without.
 */
export function rowsPerSegment(rows: i32, channels: i32, inner: i32): i32 {
  return segmentRows(rows, channels * inner, inner === 1 ? STREAMS * rowsPerWideRow(channels) : 1);
}

export function acrossBatchSegments(rows: i32, channels: i32, inner: i32): i32 {
  const perSegment = rowsPerSegment(rows, channels, inner);
  return (rows + perSegment - 1) / perSegment;
}

export function acrossBatchSharedBytes(rows: i32, channels: i32, inner: i32): usize {
  const segments = <usize>acrossBatchSegments(rows, channels, inner);
  return allFactorsBytes(channels, inner) + 2 * segments * doublesBytes(channels);
}
