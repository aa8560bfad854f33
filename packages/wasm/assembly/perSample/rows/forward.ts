/**
 * Statistics per sample where every element of a group has its own gamma and beta (LayerNorm, RMSNorm, GroupNorm on
 * features): x is [batch, groups, length], one statistic per contiguous group, worked on while it is in the cache. Every
 * kernel handles the groups `from` to `to` (exclusive) of all batch * groups, each by itself.
 *
 * Not centered (RMSNorm): the mean is 0 and sumDy does not enter dx. Absent gamma or beta is pointer 0.
 * xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = length. `scratch` holds perSampleRowsScratchBytes,
 * each thread its own.
 */
import { Call } from '../../call';
import { float, offsetOf, reciprocalDeviation, storeFloat } from '../../loops/numbers';
import { first, second } from '../../loops/pair';
import { momentsOf } from '../../loops/statistics';
import { FLOAT } from '../../loops/vector';
import { normalizeRow } from './loops';
import { betaOrZeros, gammaOrOnes } from './scratch';

/** [mean, variance] of group s, which are stored too. */
function groupMoments(call: Call, s: i32): v128 {
  const length = call.channels / call.groups;
  const moments = momentsOf(call.x + <usize>s * <usize>length * FLOAT, length, call.centered !== 0);
  storeFloat(call.mean, s, first(moments));
  storeFloat(call.variance, s, second(moments));
  return moments;
}

/** y of group s. */
function normalizeGroup(call: Call, s: i32, mean: f64, rstd: f64, gamma: usize, beta: usize): void {
  const length = call.channels / call.groups;
  const at = <usize>s * <usize>length * FLOAT;
  const column = <usize>((s % call.groups) * length) * FLOAT;
  const offset = <f32>offsetOf(mean, rstd, 0);
  normalizeRow(call.y + at, call.x + at, length, <f32>mean, <f32>rstd, offset, gamma + column, beta + column);
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function perSampleRowsMoments(call: Call, from: i32, to: i32): void {
  for (let s = from; s < to; s++) groupMoments(call, s);
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function perSampleRowsNormalize(call: Call, from: i32, to: i32, scratch: usize): void {
  const gamma = gammaOrOnes(call, scratch);
  const beta = betaOrZeros(call, scratch);
  for (let s = from; s < to; s++) {
    const rstd = reciprocalDeviation(float(call.variance, s), call.epsilon);
    normalizeGroup(call, s, float(call.mean, s), rstd, gamma, beta);
  }
}

/** Moments, then normalization. Reads x once from memory and once from the cache; writes y once. */
export function perSampleRowsForward(call: Call, from: i32, to: i32, scratch: usize): void {
  const gamma = gammaOrOnes(call, scratch);
  const beta = betaOrZeros(call, scratch);
  for (let s = from; s < to; s++) {
    const moments = groupMoments(call, s);
    const rstd = reciprocalDeviation(second(moments), call.epsilon);
    normalizeGroup(call, s, first(moments), rstd, gamma, beta);
  }
}
