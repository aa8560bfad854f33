/** Moments and normalization of groups of columns; see groupsLast.ts. */
import {
  double,
  float,
  offsetOf,
  parameter,
  reciprocalDeviation,
  storeDouble,
  storeFloat,
} from './coefficients';
import { CENTER, normalizeTile, OFFSET, repeatFactors, SCALE } from './columnPasses';
import { columnStatistics, M2, MEAN } from './columnStatistics';
import { doubles, floats, replicasOf, TILE } from './columnTile';
import { first, sample, second, storeGroups, useScratch } from './groupsLast';
import { mergeMoments, reset, mean as runningMean, variance as runningVariance } from './statistic';
import { FLOAT } from './vector';

/** Leaves mean and variance of a sample's groups in `first` and `second`. Reads x once. */
function sampleMoments(x: usize, rows: i32, channels: i32, perGroup: i32): void {
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    columnStatistics(x + <usize>c * FLOAT, rows, <usize>channels * FLOAT, width, replicasOf(channels));
    memory.copy(first + <usize>c * 8, doubles(MEAN), <usize>width * 8);
    memory.copy(second + <usize>c * 8, doubles(M2), <usize>width * 8);
  }
  for (let g: i32 = 0; g < channels / perGroup; g++) {
    reset();
    for (let c = g * perGroup; c < (g + 1) * perGroup; c++)
      mergeMoments(rows, double(first, c), double(second, c));
    storeDouble(first, g, runningMean);
    storeDouble(second, g, runningVariance());
  }
}

/** y of a sample whose groups' mean and variance are in `first` and `second`. Reads x once, writes y once. */
function normalizeSample(
  x: usize,
  y: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  channels: i32,
  perGroup: i32,
  epsilon: f64,
): void {
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    for (let j: i32 = 0; j < width; j++) {
      const g = (c + j) / perGroup;
      const mean = double(first, g);
      const scale = parameter(gamma, c + j, 1) * reciprocalDeviation(double(second, g), epsilon);
      storeFloat(floats(CENTER), j, mean);
      storeFloat(floats(SCALE), j, scale);
      storeFloat(floats(OFFSET), j, offsetOf(mean, scale, parameter(beta, c + j, 0)));
    }
    repeatFactors(channels, width);
    normalizeTile(x, y, rows, channels, c, width);
  }
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function groupsLastMoments(
  x: usize,
  mean: usize,
  variance: usize,
  rows: i32,
  channels: i32,
  perGroup: i32,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  useScratch(scratch, channels);
  for (let n = from; n < to; n++) {
    sampleMoments(x + sample(n, rows, channels), rows, channels, perGroup);
    storeGroups(mean, variance, n, channels / perGroup);
  }
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function groupsLastNormalize(
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  rows: i32,
  channels: i32,
  perGroup: i32,
  epsilon: f64,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  useScratch(scratch, channels);
  const groups = channels / perGroup;
  for (let n = from; n < to; n++) {
    for (let g: i32 = 0; g < groups; g++) {
      storeDouble(first, g, float(mean, n * groups + g));
      storeDouble(second, g, float(variance, n * groups + g));
    }
    const start = sample(n, rows, channels);
    normalizeSample(x + start, y + start, gamma, beta, rows, channels, perGroup, epsilon);
  }
}

/** Moments, then normalization. Reads x once from memory and once from the cache that holds a sample; writes y once. */
export function groupsLastForward(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  rows: i32,
  channels: i32,
  perGroup: i32,
  epsilon: f64,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  useScratch(scratch, channels);
  for (let n = from; n < to; n++) {
    const start = sample(n, rows, channels);
    sampleMoments(x + start, rows, channels, perGroup);
    storeGroups(mean, variance, n, channels / perGroup);
    normalizeSample(x + start, y + start, gamma, beta, rows, channels, perGroup, epsilon);
  }
}
