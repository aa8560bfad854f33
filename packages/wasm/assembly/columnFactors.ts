/**
 * What stands between the passes of columns.ts: the results of the segments of rows are merged, in order, into the first
 * one's; statistics and gradients of the tile of columns that begins at `c` are stored, and `factors` (TILE_BYTES) filled for
 * the element-wise loops.
 *
 * Absent gamma or beta is pointer 0. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = rows.
 */
import { double, float, offsetOf, parameter, reciprocalDeviation, storeFloat } from './coefficients';
import { CENTER, OFFSET, repeatFactors, SCALE, SUM_DY, SUM_DYX, storeFactors } from './columnPasses';
import { M2, MEAN, mergeStatistics } from './columnStatistics';
import { columnsPerSegment, segmentTotals } from './columns';
import { addDoubles, doubles, floats, TILE, useArrays } from './columnTile';

/** Merges the statistics of all segments into the arrays of the first. */
function mergeSegmentStatistics(rows: i32, channels: i32, c: i32, factors: usize, totals: usize): void {
  useArrays(factors, totals);
  const perSegment = columnsPerSegment(rows, channels);
  for (let start = perSegment; start < rows; start += perSegment) {
    const other = segmentTotals(totals, start / perSegment);
    mergeStatistics(other, <f64>min(perSegment, rows - start), <f64>start, min(TILE, channels - c));
  }
}

/** Adds the gradient sums of all segments to those of the first. */
function mergeSegmentSums(rows: i32, channels: i32, c: i32, factors: usize, totals: usize): void {
  useArrays(factors, totals);
  const perSegment = columnsPerSegment(rows, channels);
  for (let start = perSegment; start < rows; start += perSegment) {
    addDoubles(segmentTotals(totals, start / perSegment), min(TILE, channels - c));
  }
}

/** Rounding can leave M2 a little below 0. NaN stays NaN. */
function columnVariance(j: i32, rows: i32): f64 {
  return max<f64>(double(doubles(M2), j) / <f64>rows, 0);
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. */
export function columnsFinishMoments(
  mean: usize,
  variance: usize,
  rows: i32,
  channels: i32,
  c: i32,
  factors: usize,
  totals: usize,
): void {
  mergeSegmentStatistics(rows, channels, c, factors, totals);
  const width = min(TILE, channels - c);
  for (let j: i32 = 0; j < width; j++) {
    storeFloat(mean, c + j, double(doubles(MEAN), j));
    storeFloat(variance, c + j, columnVariance(j, rows));
  }
}

/** Factors of y = (x - mean) * rstd * gamma + beta, of the float64 statistics, which are stored. */
export function columnsFinishForward(
  gamma: usize,
  beta: usize,
  mean: usize,
  variance: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  c: i32,
  factors: usize,
  totals: usize,
): void {
  columnsFinishMoments(mean, variance, rows, channels, c, factors, totals);
  const width = min(TILE, channels - c);
  for (let j: i32 = 0; j < width; j++) {
    const columnMean = double(doubles(MEAN), j);
    const scale = parameter(gamma, c + j, 1) * reciprocalDeviation(columnVariance(j, rows), epsilon);
    storeFloat(floats(CENTER), j, columnMean);
    storeFloat(floats(SCALE), j, scale);
    storeFloat(floats(OFFSET), j, offsetOf(columnMean, scale, parameter(beta, c + j, 0)));
  }
  repeatFactors(channels, width);
}

/** Factors of y = (x - mean) * rstd * gamma + beta, of given statistics. */
export function columnsNormalizeFactors(
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  channels: i32,
  epsilon: f64,
  c: i32,
  factors: usize,
): void {
  useArrays(factors, 0);
  const width = min(TILE, channels - c);
  for (let j: i32 = 0; j < width; j++) {
    const rstd = reciprocalDeviation(float(variance, c + j), epsilon);
    storeFloat(floats(CENTER), j, float(mean, c + j));
    storeFloat(floats(SCALE), j, parameter(gamma, c + j, 1) * rstd);
    storeFloat(floats(OFFSET), j, parameter(beta, c + j, 0));
  }
  repeatFactors(channels, width);
}

/** dGamma = sum(dy * xhat), dBeta = sum(dy), and both times gamma. */
export function columnsFinishSums(
  variance: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
  sumDy: usize,
  sumDyXhat: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  c: i32,
  factors: usize,
  totals: usize,
): void {
  mergeSegmentSums(rows, channels, c, factors, totals);
  const width = min(TILE, channels - c);
  for (let j: i32 = 0; j < width; j++) {
    const columnDy = double(doubles(SUM_DY), j);
    const columnDyXhat = double(doubles(SUM_DYX), j) * reciprocalDeviation(float(variance, c + j), epsilon);
    const scale = parameter(gamma, c + j, 1);
    storeFloat(dGamma, c + j, columnDyXhat);
    storeFloat(dBeta, c + j, columnDy);
    storeFloat(sumDy, c + j, scale * columnDy);
    storeFloat(sumDyXhat, c + j, scale * columnDyXhat);
  }
}

/** Factors of dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m), of given sums. */
export function columnsInputGradientFactors(
  mean: usize,
  variance: usize,
  gamma: usize,
  sumDy: usize,
  sumDyXhat: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  c: i32,
  factors: usize,
): void {
  useArrays(factors, 0);
  const width = min(TILE, channels - c);
  for (let j: i32 = 0; j < width; j++) {
    const rstd = reciprocalDeviation(float(variance, c + j), epsilon);
    const scale = parameter(gamma, c + j, 1);
    storeFloat(floats(CENTER), j, float(mean, c + j));
    storeFactors(j, <f64>rows, scale, rstd, float(sumDy, c + j), float(sumDyXhat, c + j));
  }
  repeatFactors(channels, width);
}

/** dGamma and dBeta, and the factors of dx, of the float64 sums. */
export function columnsFinishBackward(
  mean: usize,
  variance: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  c: i32,
  factors: usize,
  totals: usize,
): void {
  mergeSegmentSums(rows, channels, c, factors, totals);
  const width = min(TILE, channels - c);
  for (let j: i32 = 0; j < width; j++) {
    const rstd = reciprocalDeviation(float(variance, c + j), epsilon);
    const scale = parameter(gamma, c + j, 1);
    const columnDy = double(doubles(SUM_DY), j);
    const columnDyXhat = double(doubles(SUM_DYX), j) * rstd;
    storeFloat(dGamma, c + j, columnDyXhat);
    storeFloat(dBeta, c + j, columnDy);
    storeFloat(floats(CENTER), j, float(mean, c + j));
    storeFactors(j, <f64>rows, scale, rstd, scale * columnDy, scale * columnDyXhat);
  }
  repeatFactors(channels, width);
}
