/**
 * Statistics across the batch, channels first: x is [planes, channels, inner], one statistic per channel over its `planes`
 * planes of `inner` contiguous floats. Every function handles the channels `from` to `to` (exclusive), each by itself, and
 * goes back over the planes in reverse, so that those read last are still in the cache.
 *
 * Absent gamma or beta is pointer 0. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = planes * inner.
 */
import { float, offsetOf, parameter, reciprocalDeviation, storeFloat } from './coefficients';
import { runStatistics } from './runStatistics';
import { addGradientSums, inputGradientRun, normalizeRun, resetSums, sumA, sumB } from './runs';
import { mean as runningMean, variance as runningVariance } from './statistic';
import { FLOAT, sumLanes } from './vector';

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function channelsMoments(
  x: usize,
  mean: usize,
  variance: usize,
  planes: i32,
  channels: i32,
  inner: i32,
  from: i32,
  to: i32,
): void {
  const plane = <usize>inner * FLOAT;
  for (let c = from; c < to; c++) {
    runStatistics(x + <usize>c * plane, planes, <usize>channels * plane, inner, true);
    storeFloat(mean, c, runningMean);
    storeFloat(variance, c, runningVariance());
  }
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function channelsNormalize(
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  planes: i32,
  channels: i32,
  inner: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  for (let n: i32 = 0; n < planes; n++) {
    for (let c = from; c < to; c++) {
      const scale = parameter(gamma, c, 1) * reciprocalDeviation(float(variance, c), epsilon);
      const start = (<usize>n * channels + c) * inner * FLOAT;
      normalizeRun(y + start, x + start, inner, <f32>float(mean, c), <f32>scale, <f32>parameter(beta, c, 0));
    }
  }
}

/** Moments, then normalization. Reads x once from memory and once from whatever cache holds a channel; writes y once. */
export function channelsForward(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  planes: i32,
  channels: i32,
  inner: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  const plane = <usize>inner * FLOAT;
  const stride = <usize>channels * plane;
  for (let c = from; c < to; c++) {
    const first = <usize>c * plane;
    runStatistics(x + first, planes, stride, inner, true);
    storeFloat(mean, c, runningMean);
    storeFloat(variance, c, runningVariance());
    const scale = parameter(gamma, c, 1) * reciprocalDeviation(runningVariance(), epsilon);
    const offset = offsetOf(runningMean, scale, parameter(beta, c, 0));
    for (let n = planes - 1; n >= 0; n--) {
      const start = first + <usize>n * stride;
      normalizeRun(y + start, x + start, inner, <f32>runningMean, <f32>scale, <f32>offset);
    }
  }
}

/** Leaves sum(dy) and sum(dy * (x - mean)) of channel c in sumA and sumB. */
function addChannel(dy: usize, x: usize, mean: usize, planes: i32, channels: i32, inner: i32, c: i32): void {
  resetSums();
  const center = <f32>float(mean, c);
  for (let n: i32 = 0; n < planes; n++) {
    const start = (<usize>n * channels + c) * inner * FLOAT;
    addGradientSums(dy + start, x + start, inner, center);
  }
}

/** dGamma = sum(dy * xhat), dBeta = sum(dy), and both times gamma. Reads dy and x once. */
export function channelsGradientSums(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
  sumDy: usize,
  sumDyXhat: usize,
  planes: i32,
  channels: i32,
  inner: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  for (let c = from; c < to; c++) {
    addChannel(dy, x, mean, planes, channels, inner, c);
    const channelDy = sumLanes(sumA);
    const channelDyXhat = sumLanes(sumB) * reciprocalDeviation(float(variance, c), epsilon);
    const scale = parameter(gamma, c, 1);
    storeFloat(dGamma, c, channelDyXhat);
    storeFloat(dBeta, c, channelDy);
    storeFloat(sumDy, c, scale * channelDy);
    storeFloat(sumDyXhat, c, scale * channelDyXhat);
  }
}

/** dx of channel c, of its sums gamma * sum(dy) and gamma * sum(dy * xhat). */
function channelInputGradient(
  dy: usize,
  x: usize,
  mean: usize,
  dx: usize,
  planes: i32,
  channels: i32,
  inner: i32,
  c: i32,
  scale: f64,
  rstd: f64,
  channelDy: f64,
  channelDyXhat: f64,
): void {
  const m = <f64>planes * <f64>inner;
  const center = <f32>float(mean, c);
  const dyFactor = <f32>(rstd * scale);
  const xFactor = <f32>((-rstd * rstd * channelDyXhat) / m);
  const constant = <f32>((-rstd * channelDy) / m);
  for (let n = planes - 1; n >= 0; n--) {
    const start = (<usize>n * channels + c) * inner * FLOAT;
    inputGradientRun(dx + start, dy + start, x + start, inner, center, dyFactor, xFactor, constant);
  }
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function channelsInputGradient(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  sumDy: usize,
  sumDyXhat: usize,
  dx: usize,
  planes: i32,
  channels: i32,
  inner: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  for (let c = from; c < to; c++) {
    const rstd = reciprocalDeviation(float(variance, c), epsilon);
    const scale = parameter(gamma, c, 1);
    const channelDy = float(sumDy, c);
    const channelDyXhat = float(sumDyXhat, c);
    channelInputGradient(dy, x, mean, dx, planes, channels, inner, c, scale, rstd, channelDy, channelDyXhat);
  }
}

/** Sums, then dx. Reads dy and x once from memory and once from whatever cache holds a channel; writes dx once. */
export function channelsBackward(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  planes: i32,
  channels: i32,
  inner: i32,
  epsilon: f64,
  from: i32,
  to: i32,
): void {
  for (let c = from; c < to; c++) {
    addChannel(dy, x, mean, planes, channels, inner, c);
    const rstd = reciprocalDeviation(float(variance, c), epsilon);
    const scale = parameter(gamma, c, 1);
    const channelDy = sumLanes(sumA);
    const channelDyXhat = sumLanes(sumB) * rstd;
    storeFloat(dGamma, c, channelDyXhat);
    storeFloat(dBeta, c, channelDy);
    channelInputGradient(
      dy,
      x,
      mean,
      dx,
      planes,
      channels,
      inner,
      c,
      scale,
      rstd,
      scale * channelDy,
      scale * channelDyXhat,
    );
  }
}
