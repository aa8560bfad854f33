/**
 * Statistics per sample, channels first (GroupNorm, InstanceNorm): x is [batch, groups, perGroup, inner], one statistic per
 * contiguous group of `perGroup` channels, worked on in blocks of groups while they are in the cache. Every kernel handles the
 * groups `from` to `to` (exclusive) of all batch * groups, each by itself.
 *
 * Absent gamma or beta is pointer 0. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = perGroup * inner.
 * `scratch` holds perSamplePlanesScratchBytes, each thread its own.
 */
import { Call } from '../../call';
import { normalize } from '../../loops/elementwise';
import { float, offsetOf, parameter, reciprocalDeviation, storeFloat } from '../../loops/numbers';
import { first, second } from '../../loops/pair';
import { momentsOf } from '../../loops/runStatistics';
import { FLOAT } from '../../loops/vector';
import { groupsPerBlock, numbersOf } from './block';

/** [mean, variance] of group s, which are stored too. */
function groupMoments(call: Call, s: i32): v128 {
  const length = (call.channels / call.groups) * call.inner;
  const moments = momentsOf(call.x + <usize>s * <usize>length * FLOAT, length, true);
  storeFloat(call.mean, s, first(moments));
  storeFloat(call.variance, s, second(moments));
  return moments;
}

/** y of group s, channel by channel. */
function normalizeGroup(call: Call, s: i32, mean: f64, variance: f64): void {
  const inner = call.inner;
  const perGroup = call.channels / call.groups;
  const rstd = reciprocalDeviation(variance, call.epsilon);
  for (let k: i32 = 0; k < perGroup; k++) {
    const c = (s % call.groups) * perGroup + k;
    const at = (<usize>s * perGroup + k) * inner * FLOAT;
    const scale = parameter(call.gamma, c, 1) * rstd;
    const offset = offsetOf(mean, scale, parameter(call.beta, c, 0));
    normalize(call.y + at, call.x + at, inner, <f32>mean, <f32>scale, <f32>offset);
  }
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function perSamplePlanesMoments(call: Call, from: i32, to: i32): void {
  for (let s = from; s < to; s++) groupMoments(call, s);
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function perSamplePlanesNormalize(call: Call, from: i32, to: i32): void {
  for (let s = from; s < to; s++) normalizeGroup(call, s, float(call.mean, s), float(call.variance, s));
}

/** Moments of a block, then its normalization. Reads x once from memory and once from the cache; writes y once. */
export function perSamplePlanesForward(call: Call, from: i32, to: i32, scratch: usize): void {
  const perBlock = groupsPerBlock(call);
  for (let block = from; block < to; block += perBlock) {
    const end = min(to, block + perBlock);
    for (let s = block; s < end; s++) v128.store(numbersOf(scratch, s - block), groupMoments(call, s));
    for (let s = block; s < end; s++) {
      const moments = v128.load(numbersOf(scratch, s - block));
      normalizeGroup(call, s, first(moments), second(moments));
    }
  }
}
