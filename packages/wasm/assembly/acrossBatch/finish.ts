/**
 * What stands between the passes over x: the results of the segments are merged, in order, into the first one's; statistics or
 * gradients are stored, and the factors of the element-wise pass computed.
 *
 * xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = rows * inner.
 */
import { Call } from '../call';
import { addDoubles } from '../loops/arrays';
import { double, float, offsetOf, parameter, reciprocalDeviation, storeFloat } from '../loops/numbers';
import { mergeArrays, varianceOf } from '../loops/statistic';
import {
  acrossBatchSegments,
  CENTER,
  CONSTANT,
  DY_FACTOR,
  factors,
  M2,
  MEAN,
  OFFSET,
  repeatFactors,
  rowsPerSegment,
  SCALE,
  SUM_DY,
  SUM_DYX,
  totals,
  X_FACTOR,
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

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. */
export function acrossBatchFinishMoments(call: Call): void {
  mergeStatistics(call);
  const mean = totals(call, 0, MEAN);
  const m2 = totals(call, 0, M2);
  for (let c: i32 = 0; c < call.channels; c++) {
    storeFloat(call.mean, c, double(mean, c));
    storeFloat(call.variance, c, varianceOf(double(m2, c), valuesPerStatistic(call)));
  }
}

/** y = (x - center) * scale + offset. */
function storeNormalizeFactors(call: Call, c: i32, mean: f64, variance: f64): void {
  const scale = parameter(call.gamma, c, 1) * reciprocalDeviation(variance, call.epsilon);
  storeFloat(factors(call, CENTER), c, mean);
  storeFloat(factors(call, SCALE), c, scale);
  storeFloat(factors(call, OFFSET), c, offsetOf(mean, scale, parameter(call.beta, c, 0)));
}

/** Mean and variance, and the factors of y = (x - mean) * rstd * gamma + beta, of the float64 statistics. */
export function acrossBatchFinishForward(call: Call): void {
  mergeStatistics(call);
  const mean = totals(call, 0, MEAN);
  const m2 = totals(call, 0, M2);
  for (let c: i32 = 0; c < call.channels; c++) {
    const variance = varianceOf(double(m2, c), valuesPerStatistic(call));
    storeFloat(call.mean, c, double(mean, c));
    storeFloat(call.variance, c, variance);
    storeNormalizeFactors(call, c, double(mean, c), variance);
  }
  repeatFactors(call);
}

/** Factors of y = (x - mean) * rstd * gamma + beta, of given statistics. */
export function acrossBatchNormalizeFactors(call: Call): void {
  for (let c: i32 = 0; c < call.channels; c++) {
    storeNormalizeFactors(call, c, float(call.mean, c), float(call.variance, c));
  }
  repeatFactors(call);
}

/** dGamma = sum(dy * xhat), dBeta = sum(dy), and both times gamma. */
export function acrossBatchFinishSums(call: Call): void {
  addSums(call);
  const sumDy = totals(call, 0, SUM_DY);
  const sumDyX = totals(call, 0, SUM_DYX);
  for (let c: i32 = 0; c < call.channels; c++) {
    const dGamma = double(sumDyX, c) * reciprocalDeviation(float(call.variance, c), call.epsilon);
    const gamma = parameter(call.gamma, c, 1);
    storeFloat(call.dGamma, c, dGamma);
    storeFloat(call.dBeta, c, double(sumDy, c));
    storeFloat(call.sumDy, c, gamma * double(sumDy, c));
    storeFloat(call.sumDyXhat, c, gamma * dGamma);
  }
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant, of sumDy = gamma * sum(dy), sumDyXhat = gamma * sum(dy * xhat). */
function storeInputGradientFactors(call: Call, c: i32, rstd: f64, sumDy: f64, sumDyXhat: f64): void {
  const m = valuesPerStatistic(call);
  storeFloat(factors(call, CENTER), c, float(call.mean, c));
  storeFloat(factors(call, DY_FACTOR), c, rstd * parameter(call.gamma, c, 1));
  storeFloat(factors(call, X_FACTOR), c, (-rstd * rstd * sumDyXhat) / m);
  storeFloat(factors(call, CONSTANT), c, (-rstd * sumDy) / m);
}

/** Factors of dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m), of given sums. */
export function acrossBatchInputGradientFactors(call: Call): void {
  for (let c: i32 = 0; c < call.channels; c++) {
    const rstd = reciprocalDeviation(float(call.variance, c), call.epsilon);
    storeInputGradientFactors(call, c, rstd, float(call.sumDy, c), float(call.sumDyXhat, c));
  }
  repeatFactors(call);
}

/** dGamma and dBeta, and the factors of dx, of the float64 sums. */
export function acrossBatchFinishBackward(call: Call): void {
  addSums(call);
  const sumDy = totals(call, 0, SUM_DY);
  const sumDyX = totals(call, 0, SUM_DYX);
  for (let c: i32 = 0; c < call.channels; c++) {
    const rstd = reciprocalDeviation(float(call.variance, c), call.epsilon);
    const dGamma = double(sumDyX, c) * rstd;
    const gamma = parameter(call.gamma, c, 1);
    storeFloat(call.dGamma, c, dGamma);
    storeFloat(call.dBeta, c, double(sumDy, c));
    storeInputGradientFactors(call, c, rstd, gamma * double(sumDy, c), gamma * dGamma);
  }
  repeatFactors(call);
}
