/**
 * Records: what a piece leaves for the passes that merge it, in one vec4.
 *
 * - momentRecords: mean - pivot, variance, count, pivot;
 * - sumRecords: mean, rstd, sum of dy, sum of dy * xhat (both weighted by gamma if elements have their own gamma).
 */
import type { Layout } from '../layouts/layout.js';

/** Moments that are merged before they go into the whole: every merge rounds, and so few stand behind each result. */
const BLOCK = 8;

/** The k-th record of a statistic, and the channel that it is of. */
export const recordsOf = (layout: Layout): string =>
  layout.walk === 'segments'
    ? `
fn recordAt(statistic: u32, k: u32) -> u32 { return statistic * sizes.statisticRecords + k; }
fn recordChannel(statistic: u32, k: u32) -> u32 {
  return (statistic * sizes.statisticUnits + k / sizes.unitRecords) % sizes.channels;
}
`
    : `
fn recordAt(statistic: u32, k: u32) -> u32 {
  let piece = k / sizes.statisticUnits;
  let batch = statistic / sizes.groups;
  return (batch * sizes.unitRecords + piece) * sizes.channels + recordChannel(statistic, k);
}
fn recordChannel(statistic: u32, k: u32) -> u32 {
  return (statistic % sizes.groups) * sizes.statisticUnits + k % sizes.statisticUnits;
}
`;

/** The k-th record of a channel. */
export const channelRecordsOf = (layout: Layout): string =>
  layout.walk === 'segments'
    ? `
fn channelRecordAt(channel: u32, k: u32) -> u32 {
  let sample = k / sizes.unitRecords;
  return (sample * sizes.channels + channel) * sizes.unitRecords + k - sample * sizes.unitRecords;
}
`
    : `
fn channelRecordAt(channel: u32, k: u32) -> u32 { return k * sizes.channels + channel; }
`;

/** Sizes that these functions read, of records of `pieces` pieces of each unit or matrix. */
export function recordCounts(layout: Layout, pieces: number): Record<string, number> {
  const { channels, groups } = layout;
  const statisticUnits = layout.walk === 'segments' ? layout.statisticUnits : channels / groups;
  return {
    channels,
    groups,
    statisticUnits,
    unitRecords: pieces,
    statisticRecords: statisticUnits * pieces,
  };
}

/** Mean and variance of a statistic: `rest` is what rounding has taken from the mean. */
export const statistic = `
struct Statistic { mean: f32, rest: f32, variance: f32 }
`;

/**
 * `mergedRecords(statistic, lane, stride)` merges every stride-th moment record of a statistic; `statisticOf` makes a
 * statistic of all of them.
 */
export const mergedRecords = `
fn mergedRecords(statistic: u32, lane: u32, stride: u32) -> Moments {
  let pivot = momentRecords[recordAt(statistic, 0u)].w;
  var sum = Moments(0.0, 0.0, 0.0);
  for (var first = lane; first < sizes.statisticRecords; first += ${BLOCK}u * stride) {
    var part = Moments(0.0, 0.0, 0.0);
    let end = min(first + ${BLOCK}u * stride, sizes.statisticRecords);
    for (var k = first; k < end; k += stride) {
      let record = momentRecords[recordAt(statistic, k)];
      part = merged(part, Moments((record.w - pivot) + record.x, record.y, record.z));
    }
    sum = merged(sum, part);
  }
  return sum;
}
fn statisticOf(statistic: u32, moments: Moments) -> Statistic {
  let pivot = momentRecords[recordAt(statistic, 0u)].w;
  let mean = pivot + moments.mean;
  return Statistic(mean, moments.mean - (mean - pivot), moments.variance);
}
`;

/** `summedRecords(statistic, lane, stride)`: sums of dy and dy * xhat over every stride-th sum record, weighted by gamma. */
export const summedRecords = (gamma: boolean): string => `
fn summedRecords(statistic: u32, lane: u32, stride: u32) -> vec2<f32> {
  ${summed(
    'sizes.statisticRecords',
    `${gamma ? 'gammaOf(recordChannel(statistic, k)) * ' : ''}sumRecords[recordAt(statistic, k)].zw`,
  )}
}
`;

/** `summedChannel(channel, lane, stride)`: sums of dy and dy * xhat over every stride-th record of a channel, in buffer `name`. */
export const summedChannel = (name: string): string => `
fn summedChannel(channel: u32, lane: u32, stride: u32) -> vec2<f32> {
  ${summed('sizes.channelCount', `${name}[channelRecordAt(channel, k)].zw`)}
}
`;

/** Text that sums pairs, of which `pair` is the k-th, and keeps what rounding takes from the sum (Kahan). */
const summed = (count: string, pair: string): string => `
  var sum = vec2<f32>(0.0);
  var excess = vec2<f32>(0.0);
  for (var k = lane; k < ${count}; k += stride) {
    let value = ${pair} - excess;
    let next = sum + value;
    excess = (next - sum) - value;
    sum = next;
  }
  return sum;`;

export const plus = `
fn plus(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> { return a + b; }
`;
