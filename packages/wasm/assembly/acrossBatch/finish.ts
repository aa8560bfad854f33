/**
 * What stands between the passes over x: the results of the segments are merged, in order, into the first one's; statistics or
 * gradients are stored, and the factors of the element-wise pass computed.
 *
 * Loops take two channels at a time. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = rows * inner.
 */
import { Call } from '../call';
import { addDoubles } from '../loops/arrays';
import {
  CENTER,
  CONSTANT,
  DY_FACTOR,
  INPUT_GRADIENT_FACTORS,
  NORMALIZE_FACTORS,
  OFFSET,
  SCALE,
  X_FACTOR,
} from '../loops/factors';
import { mergeArrays } from '../loops/statistic';
import {
  storeTwoFloats,
  twoDoubles,
  twoFloats,
  twoOffsets,
  twoParameters,
  twoReciprocalDeviations,
} from '../loops/twoNumbers';
import {
  acrossBatchSegments,
  factors,
  interleaveFactors,
  M2,
  MEAN,
  rowsPerSegment,
  SUM_DY,
  SUM_DYX,
  totals,
} from './shared';

function valuesPerStatistic(call: Call): f64 {
  return <f64>call.batch * <f64>call.outer * <f64>call.inner;
}

/** Merges the statistics of all segments into those of the first. */
function mergeStatistics(call: Call): void {
  const rows = call.batch * call.outer;
  const perSegment = rowsPerSegment(rows, call.channels, call.inner);
  let segment: i32 = 1;
  for (let start = perSegment; start < rows; start += perSegment) {
    const count = <f64>start * <f64>call.inner;
    const n = <f64>min(perSegment, rows - start) * <f64>call.inner;
    mergeArrays(
      count,
      totals(call, 0, MEAN),
      totals(call, 0, M2),
      n,
      totals(call, segment, MEAN),
      totals(call, segment, M2),
      call.channels,
    );
    segment++;
  }
}

/** Adds the sums of all segments to those of the first. */
function addSums(call: Call): void {
  const segments = acrossBatchSegments(call.batch * call.outer, call.channels, call.inner);
  for (let segment: i32 = 1; segment < segments; segment++) {
    addDoubles(totals(call, 0, SUM_DY), totals(call, segment, SUM_DY), call.channels);
    addDoubles(totals(call, 0, SUM_DYX), totals(call, segment, SUM_DYX), call.channels);
  }
}

/** The biased variances of two channels; rounding can leave M2 a little below 0. NaN stays NaN. */
function variancesOf(m2: v128, m: f64): v128 {
  return f64x2.max(f64x2.div(m2, f64x2.splat(m)), f64x2.splat(0));
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. */
export function acrossBatchFinishMoments(call: Call): void {
  mergeStatistics(call);
  const mean = totals(call, 0, MEAN);
  const m2 = totals(call, 0, M2);
  const m = valuesPerStatistic(call);
  for (let c: i32 = 0, left = call.channels; left > 0; c += 2, left -= 2) {
    storeTwoFloats(call.mean, c, left, twoDoubles(mean, c));
    storeTwoFloats(call.variance, c, left, variancesOf(twoDoubles(m2, c), m));
  }
}

/** Mean and variance, and the factors of y = (x - mean) * rstd * gamma + beta, of the float64 statistics. */
export function acrossBatchFinishForward(call: Call): void {
  mergeStatistics(call);
  storeNormalizeFactors(call, totals(call, 0, MEAN), totals(call, 0, M2));
}

/** Factors of y = (x - mean) * rstd * gamma + beta, of given statistics. */
export function acrossBatchNormalizeFactors(call: Call): void {
  storeNormalizeFactors(call, 0, 0);
}

/**
 * Factors of y = (x - center) * scale + offset, where center is the mean as float32. With `means` and `m2s`, the float64 statistics, mean and variance are stored; with 0 they are given.
 */
function storeNormalizeFactors(call: Call, means: usize, m2s: usize): void {
  const m = valuesPerStatistic(call);
  const center = factors(call, CENTER);
  const scale = factors(call, SCALE);
  const offset = factors(call, OFFSET);
  for (let c: i32 = 0, left = call.channels; left > 0; c += 2, left -= 2) {
    let mean: v128;
    let variance: v128;
    if (means !== 0) {
      mean = twoDoubles(means, c);
      variance = variancesOf(twoDoubles(m2s, c), m);
      storeTwoFloats(call.mean, c, left, mean);
      storeTwoFloats(call.variance, c, left, variance);
    } else {
      mean = twoFloats(call.mean, c, left);
      variance = twoFloats(call.variance, c, left);
    }
    const rstd = twoReciprocalDeviations(variance, call.epsilon);
    const factor = f64x2.mul(twoParameters(call.gamma, c, left, 1), rstd);
    const beta = twoParameters(call.beta, c, left, 0);
    storeTwoFloats(center, c, left, mean);
    storeTwoFloats(scale, c, left, factor);
    storeTwoFloats(offset, c, left, twoOffsets(mean, factor, beta));
  }
  interleaveFactors(call, NORMALIZE_FACTORS);
}

/** dGamma = sum(dy * xhat), dBeta = sum(dy), and both times gamma. */
export function acrossBatchFinishSums(call: Call): void {
  addSums(call);
  const sumDy = totals(call, 0, SUM_DY);
  const sumDyX = totals(call, 0, SUM_DYX);
  for (let c: i32 = 0, left = call.channels; left > 0; c += 2, left -= 2) {
    const rstd = twoReciprocalDeviations(twoFloats(call.variance, c, left), call.epsilon);
    const gamma = twoParameters(call.gamma, c, left, 1);
    const dGamma = f64x2.mul(twoDoubles(sumDyX, c), rstd);
    const dBeta = twoDoubles(sumDy, c);
    storeTwoFloats(call.dGamma, c, left, dGamma);
    storeTwoFloats(call.dBeta, c, left, dBeta);
    storeTwoFloats(call.sumDy, c, left, f64x2.mul(gamma, dBeta));
    storeTwoFloats(call.sumDyXhat, c, left, f64x2.mul(gamma, dGamma));
  }
}

/** dGamma and dBeta, and the factors of dx, of the float64 sums. */
export function acrossBatchFinishBackward(call: Call): void {
  addSums(call);
  storeInputGradientFactors(call, totals(call, 0, SUM_DY), totals(call, 0, SUM_DYX));
}

/** Factors of dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m), of given sums. */
export function acrossBatchInputGradientFactors(call: Call): void {
  storeInputGradientFactors(call, 0, 0);
}

/**
 * Factors of dx = dyFactor * dy + xFactor * (x - center) + constant. With `dySums` and `dyXSums`, the float64 sums, dGamma and dBeta
 * are stored; with 0, sumDy = gamma * sum(dy) and sumDyXhat = gamma * sum(dy * xhat) are given.
 */
function storeInputGradientFactors(call: Call, dySums: usize, dyXSums: usize): void {
  const m = f64x2.splat(valuesPerStatistic(call));
  const center = factors(call, CENTER);
  const dyFactor = factors(call, DY_FACTOR);
  const xFactor = factors(call, X_FACTOR);
  const constant = factors(call, CONSTANT);
  for (let c: i32 = 0, left = call.channels; left > 0; c += 2, left -= 2) {
    const rstd = twoReciprocalDeviations(twoFloats(call.variance, c, left), call.epsilon);
    const gamma = twoParameters(call.gamma, c, left, 1);
    let sumDy: v128;
    let sumDyXhat: v128;
    if (dySums !== 0) {
      const dBeta = twoDoubles(dySums, c);
      const dGamma = f64x2.mul(twoDoubles(dyXSums, c), rstd);
      storeTwoFloats(call.dGamma, c, left, dGamma);
      storeTwoFloats(call.dBeta, c, left, dBeta);
      sumDy = f64x2.mul(gamma, dBeta);
      sumDyXhat = f64x2.mul(gamma, dGamma);
    } else {
      sumDy = twoFloats(call.sumDy, c, left);
      sumDyXhat = twoFloats(call.sumDyXhat, c, left);
    }
    const minusRstd = f64x2.neg(rstd);
    storeTwoFloats(center, c, left, twoFloats(call.mean, c, left));
    storeTwoFloats(dyFactor, c, left, f64x2.mul(rstd, gamma));
    storeTwoFloats(xFactor, c, left, f64x2.div(f64x2.mul(f64x2.mul(minusRstd, rstd), sumDyXhat), m));
    storeTwoFloats(constant, c, left, f64x2.div(f64x2.mul(minusRstd, sumDy), m));
  }
  interleaveFactors(call, INPUT_GRADIENT_FACTORS);
}
