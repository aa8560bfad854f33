/**
 * Statistics per sample, channels first (GroupNorm, InstanceNorm): x is [batch, groups, perGroup, inner], one statistic per
 * contiguous group of `perGroup` channels, worked on while it is in the cache. Every function handles the groups `from` to
 * `to` (exclusive) of all batch * groups, each by itself.
 *
 * Absent gamma or beta is pointer 0. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon),
 * m = perGroup * inner. `totals` is described in totals.ts.
 */
import { float, offsetOf, parameter, reciprocalDeviation, storeDouble, storeFloat } from './coefficients';
import { runStatistics } from './runStatistics';
import { addGradientSums, inputGradientRun, normalizeRun, resetSums, sumA, sumB } from './runs';
import { mean as runningMean, variance as runningVariance } from './statistic';
import { totalsDy, totalsDyXhat } from './totals';
import { FLOAT, sumLanes } from './vector';

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function groupsMoments(
  x: usize,
  mean: usize,
  variance: usize,
  _groups: i32,
  perGroup: i32,
  inner: i32,
  from: i32,
  to: i32,
): void {
  const length = perGroup * inner;
  for (let s = from; s < to; s++) {
    runStatistics(x + <usize>s * <usize>length * FLOAT, 1, 0, length, true);
    storeFloat(mean, s, runningMean);
    storeFloat(variance, s, runningVariance());
  }
}

/** y of group s, channel by channel. */
function normalizeGroup(
  x: usize,
  y: usize,
  gamma: usize,
  beta: usize,
  s: i32,
  groups: i32,
  perGroup: i32,
  inner: i32,
  mean: f64,
  rstd: f64,
): void {
  for (let k: i32 = 0; k < perGroup; k++) {
    const c = (s % groups) * perGroup + k;
    const start = (<usize>s * perGroup + k) * inner * FLOAT;
    const scale = parameter(gamma, c, 1) * rstd;
    const offset = offsetOf(mean, scale, parameter(beta, c, 0));
    normalizeRun(y + start, x + start, inner, <f32>mean, <f32>scale, <f32>offset);
  }
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function groupsNormalize(
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  groups: i32,
  perGroup: i32,
  inner: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  for (let s = from; s < to; s++) {
    const rstd = reciprocalDeviation(float(variance, s), epsilon);
    normalizeGroup(x, y, gamma, beta, s, groups, perGroup, inner, float(mean, s), rstd);
  }
}

/** Moments, then normalization. Reads x once from memory and once from the cache; writes y once. */
export function groupsForward(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  groups: i32,
  perGroup: i32,
  inner: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  const length = perGroup * inner;
  for (let s = from; s < to; s++) {
    runStatistics(x + <usize>s * <usize>length * FLOAT, 1, 0, length, true);
    storeFloat(mean, s, runningMean);
    storeFloat(variance, s, runningVariance());
    const rstd = reciprocalDeviation(runningVariance(), epsilon);
    normalizeGroup(x, y, gamma, beta, s, groups, perGroup, inner, runningMean, rstd);
  }
}

/** dx of group s, of its sums gamma * dy and gamma * dy * xhat. */
function inputGradient(
  dy: usize,
  x: usize,
  gamma: usize,
  dx: usize,
  s: i32,
  groups: i32,
  perGroup: i32,
  inner: i32,
  mean: f64,
  rstd: f64,
  groupDy: f64,
  groupDyXhat: f64,
): void {
  const m = <f64>perGroup * <f64>inner;
  const xFactor = <f32>((-rstd * rstd * groupDyXhat) / m);
  const constant = <f32>((-rstd * groupDy) / m);
  for (let k: i32 = 0; k < perGroup; k++) {
    const scale = rstd * parameter(gamma, (s % groups) * perGroup + k, 1);
    const start = (<usize>s * perGroup + k) * inner * FLOAT;
    inputGradientRun(dx + start, dy + start, x + start, inner, <f32>mean, <f32>scale, xFactor, constant);
  }
}

/**
 * The backward pass, whole or in part: dx where wanted, sumDy = sum(gamma * dy) and sumDyXhat = sum(gamma * dy * xhat) where
 * wanted (else pointer 0); leaves sums for dGamma and dBeta in `totals`. Reads dy and x once from memory, and for dx once
 * more from the cache; writes dx once.
 */
export function groupsBackward(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dx: usize,
  sumDy: usize,
  sumDyXhat: usize,
  groups: i32,
  perGroup: i32,
  inner: i32,
  epsilon: f64,
  totals: usize,
  from: i32,
  to: i32,
): void {
  const channels = groups * perGroup;
  for (let s = from; s < to; s++) {
    const rstd = reciprocalDeviation(float(variance, s), epsilon);
    const center = float(mean, s);
    const channelsDyXhat = totalsDyXhat(totals, s / groups, channels);
    const channelsDy = totalsDy(totals, s / groups, channels);
    let groupDy: f64 = 0;
    let groupDyXhat: f64 = 0;
    for (let k: i32 = 0; k < perGroup; k++) {
      const c = (s % groups) * perGroup + k;
      const start = (<usize>s * perGroup + k) * inner * FLOAT;
      resetSums();
      addGradientSums(dy + start, x + start, inner, <f32>center);
      const channelDy = sumLanes(sumA);
      const channelDyXhat = sumLanes(sumB) * rstd;
      storeDouble(channelsDyXhat, c, channelDyXhat);
      storeDouble(channelsDy, c, channelDy);
      groupDy += parameter(gamma, c, 1) * channelDy;
      groupDyXhat += parameter(gamma, c, 1) * channelDyXhat;
    }
    if (sumDy !== 0) {
      storeFloat(sumDy, s, groupDy);
      storeFloat(sumDyXhat, s, groupDyXhat);
    }
    if (dx !== 0) {
      inputGradient(dy, x, gamma, dx, s, groups, perGroup, inner, center, rstd, groupDy, groupDyXhat);
    }
  }
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function groupsInputGradient(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  sumDy: usize,
  sumDyXhat: usize,
  dx: usize,
  groups: i32,
  perGroup: i32,
  inner: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  for (let s = from; s < to; s++) {
    const rstd = reciprocalDeviation(float(variance, s), epsilon);
    const groupDy = float(sumDy, s);
    const groupDyXhat = float(sumDyXhat, s);
    inputGradient(dy, x, gamma, dx, s, groups, perGroup, inner, float(mean, s), rstd, groupDy, groupDyXhat);
  }
}
