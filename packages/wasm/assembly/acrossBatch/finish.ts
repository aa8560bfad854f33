/**
 * What stands between the passes over x: the results of the segments are merged, in order, into the first one's; statistics or
 * gradients are stored, and the factors of the element-wise pass computed.
 *
 * xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = rows * inner.
 */
import { Call } from '../call';
import { double, float, offsetOf, parameter, reciprocalDeviation, storeFloat } from '../loops/numbers';
import { first, pair, second } from '../loops/pair';
import { merge, varianceOf } from '../loops/statistic';
import {
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

/** [mean, M2] of channel c. */
function statisticOfChannel(call: Call, c: i32): v128 {
  const rows = call.batch * call.outer;
  const perSegment = rowsPerSegment(rows, call.channels, call.inner);
  let statistic = pair(double(totals(call, 0, MEAN), c), double(totals(call, 0, M2), c));
  let segment: i32 = 1;
  for (let start = perSegment; start < rows; start += perSegment) {
    const n = <f64>min(perSegment, rows - start) * <f64>call.inner;
    const other = pair(double(totals(call, segment, MEAN), c), double(totals(call, segment, M2), c));
    statistic = merge(<f64>start * <f64>call.inner, statistic, n, other);
    segment++;
  }
  return statistic;
}

/** [sum(dy), sum(dy * (x - mean))] of channel c. */
function sumsOfChannel(call: Call, c: i32): v128 {
  const rows = call.batch * call.outer;
  const perSegment = rowsPerSegment(rows, call.channels, call.inner);
  let sums = pair(0, 0);
  for (let segment: i32 = 0; segment * perSegment < rows; segment++) {
    sums = f64x2.add(
      sums,
      pair(double(totals(call, segment, SUM_DY), c), double(totals(call, segment, SUM_DYX), c)),
    );
  }
  return sums;
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. */
export function acrossBatchFinishMoments(call: Call): void {
  for (let c: i32 = 0; c < call.channels; c++) {
    const statistic = statisticOfChannel(call, c);
    storeFloat(call.mean, c, first(statistic));
    storeFloat(call.variance, c, varianceOf(second(statistic), valuesPerStatistic(call)));
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
  for (let c: i32 = 0; c < call.channels; c++) {
    const statistic = statisticOfChannel(call, c);
    const variance = varianceOf(second(statistic), valuesPerStatistic(call));
    storeFloat(call.mean, c, first(statistic));
    storeFloat(call.variance, c, variance);
    storeNormalizeFactors(call, c, first(statistic), variance);
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
  for (let c: i32 = 0; c < call.channels; c++) {
    const sums = sumsOfChannel(call, c);
    const dGamma = second(sums) * reciprocalDeviation(float(call.variance, c), call.epsilon);
    const gamma = parameter(call.gamma, c, 1);
    storeFloat(call.dGamma, c, dGamma);
    storeFloat(call.dBeta, c, first(sums));
    storeFloat(call.sumDy, c, gamma * first(sums));
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
  for (let c: i32 = 0; c < call.channels; c++) {
    const sums = sumsOfChannel(call, c);
    const rstd = reciprocalDeviation(float(call.variance, c), call.epsilon);
    const dGamma = second(sums) * rstd;
    const gamma = parameter(call.gamma, c, 1);
    storeFloat(call.dGamma, c, dGamma);
    storeFloat(call.dBeta, c, first(sums));
    storeInputGradientFactors(call, c, rstd, gamma * first(sums), gamma * dGamma);
  }
  repeatFactors(call);
}
