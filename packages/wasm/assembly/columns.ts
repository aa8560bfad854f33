/**
 * Statistics across the batch where channels are the innermost axis (features, or channels last): x is [rows, channels],
 * one statistic per column. Tile by tile of columns; `scratch` holds SCRATCH_BYTES.
 *
 * Absent gamma or beta is pointer 0. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = rows.
 */
import { double, float, offsetOf, parameter, reciprocalDeviation, storeFloat } from './coefficients';
import {
  addGradientTile,
  CENTER,
  inputGradientTile,
  normalizeTile,
  OFFSET,
  SCALE,
  SUM_DY,
  SUM_DYX,
  storeFactors,
} from './columnPasses';
import { columnStatistics, M2, MEAN } from './columnStatistics';
import { doubles, floats, replicasOf, TILE, useScratch } from './columnTile';
import { FLOAT } from './vector';

function entry(pointer: usize, index: i32): usize {
  return pointer === 0 ? 0 : pointer + <usize>index * FLOAT;
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function columnsMoments(
  x: usize,
  mean: usize,
  variance: usize,
  rows: i32,
  channels: i32,
  scratch: usize,
): void {
  useScratch(scratch);
  const stride = <usize>channels * FLOAT;
  const replicas = replicasOf(channels);
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    columnStatistics(x + <usize>c * FLOAT, rows, stride, width, replicas);
    storeMoments(entry(mean, c), entry(variance, c), rows, width);
  }
}

function storeMoments(mean: usize, variance: usize, rows: i32, width: i32): void {
  for (let j: i32 = 0; j < width; j++) {
    storeFloat(mean, j, double(doubles(MEAN), j));
    storeFloat(variance, j, columnVariance(j, rows));
  }
}

/** Rounding can leave M2 a little below 0. NaN stays NaN. */
function columnVariance(j: i32, rows: i32): f64 {
  return max<f64>(double(doubles(M2), j) / <f64>rows, 0);
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function columnsNormalize(
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  scratch: usize,
): void {
  useScratch(scratch);
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    for (let j: i32 = 0; j < width; j++) {
      const rstd = reciprocalDeviation(float(variance, c + j), epsilon);
      storeFloat(floats(CENTER), j, float(mean, c + j));
      storeFloat(floats(SCALE), j, parameter(gamma, c + j, 1) * rstd);
      storeFloat(floats(OFFSET), j, parameter(beta, c + j, 0));
    }
    normalizeTile(x, y, rows, channels, c, width);
  }
}

/** Moments, then normalization. Reads x twice (tile by tile), writes y once. */
export function columnsForward(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  scratch: usize,
): void {
  useScratch(scratch);
  const stride = <usize>channels * FLOAT;
  const replicas = replicasOf(channels);
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    columnStatistics(x + <usize>c * FLOAT, rows, stride, width, replicas);
    storeMoments(entry(mean, c), entry(variance, c), rows, width);
    for (let j: i32 = 0; j < width; j++) {
      const columnMean = double(doubles(MEAN), j);
      const scale = parameter(gamma, c + j, 1) * reciprocalDeviation(columnVariance(j, rows), epsilon);
      storeFloat(floats(CENTER), j, columnMean);
      storeFloat(floats(SCALE), j, scale);
      storeFloat(floats(OFFSET), j, offsetOf(columnMean, scale, parameter(beta, c + j, 0)));
    }
    normalizeTile(x, y, rows, channels, c, width);
  }
}

/** dGamma = sum(dy * xhat), dBeta = sum(dy), and both times gamma. Reads dy and x once. */
export function columnsGradientSums(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dGamma: usize,
  dBeta: usize,
  sumDy: usize,
  sumDyXhat: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  scratch: usize,
): void {
  useScratch(scratch);
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    memory.copy(floats(CENTER), entry(mean, c), <usize>width * FLOAT);
    addGradientTile(dy, x, rows, channels, c, width);
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
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function columnsInputGradient(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  sumDy: usize,
  sumDyXhat: usize,
  dx: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  scratch: usize,
): void {
  useScratch(scratch);
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    memory.copy(floats(CENTER), entry(mean, c), <usize>width * FLOAT);
    for (let j: i32 = 0; j < width; j++) {
      const rstd = reciprocalDeviation(float(variance, c + j), epsilon);
      storeFactors(
        j,
        <f64>rows,
        parameter(gamma, c + j, 1),
        rstd,
        float(sumDy, c + j),
        float(sumDyXhat, c + j),
      );
    }
    inputGradientTile(dy, x, dx, rows, channels, c, width);
  }
}

/** Sums, then dx. Reads dy and x twice (tile by tile), writes dx once. */
export function columnsBackward(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  rows: i32,
  channels: i32,
  epsilon: f64,
  scratch: usize,
): void {
  useScratch(scratch);
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    memory.copy(floats(CENTER), entry(mean, c), <usize>width * FLOAT);
    addGradientTile(dy, x, rows, channels, c, width);
    for (let j: i32 = 0; j < width; j++) {
      const rstd = reciprocalDeviation(float(variance, c + j), epsilon);
      const scale = parameter(gamma, c + j, 1);
      const columnDy = double(doubles(SUM_DY), j);
      const columnDyXhat = double(doubles(SUM_DYX), j) * rstd;
      storeFloat(dGamma, c + j, columnDyXhat);
      storeFloat(dBeta, c + j, columnDy);
      storeFactors(j, <f64>rows, scale, rstd, scale * columnDy, scale * columnDyXhat);
    }
    inputGradientTile(dy, x, dx, rows, channels, c, width);
  }
}
