/**
 * Statistics per sample, channels last (GroupNorm, InstanceNorm): x is [batch, rows, channels] with `perGroup` channels to
 * a group. Columns are worked on as in columns.ts, sample by sample, and put together by group. Every function handles the
 * samples `from` to `to` (exclusive), each by itself.
 *
 * Absent gamma or beta is pointer 0. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = perGroup * rows.
 * `scratch` holds groupsLastScratchBytes, of each thread its own; `totals` is described in totals.ts.
 */
import {
  double,
  float,
  offsetOf,
  parameter,
  reciprocalDeviation,
  storeDouble,
  storeFloat,
} from './coefficients';
import {
  addGradientTile,
  CENTER,
  inputGradientTile,
  normalizeTile,
  OFFSET,
  repeatFactors,
  SCALE,
  SUM_DY,
  SUM_DYX,
  storeFactors,
} from './columnPasses';
import { columnStatistics, M2, MEAN } from './columnStatistics';
import { doubles, floats, replicasOf, TILE, TILE_BYTES, TOTALS_BYTES, useArrays } from './columnTile';
import { mergeMoments, reset, mean as runningMean, variance as runningVariance } from './statistic';
import { totalsDy, totalsDyXhat } from './totals';
import { FLOAT } from './vector';

/** Bytes of scratch space of a thread: the tile's arrays, and two float64 arrays of a sample's columns (later groups). */
export function groupsLastScratchBytes(channels: i32): usize {
  return <usize>(TILE_BYTES + TOTALS_BYTES) + 2 * 8 * <usize>channels;
}

let first: usize = 0;
let second: usize = 0;

function useScratch(scratch: usize, channels: i32): void {
  useArrays(scratch, scratch + TILE_BYTES);
  first = scratch + <usize>(TILE_BYTES + TOTALS_BYTES);
  second = first + <usize>channels * 8;
}

function sample(n: i32, rows: i32, channels: i32): usize {
  return <usize>n * <usize>rows * <usize>channels * FLOAT;
}

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

/** Stores what `first` and `second` hold of the groups of sample n. */
function storeGroups(mean: usize, variance: usize, n: i32, groups: i32): void {
  for (let g: i32 = 0; g < groups; g++) {
    storeFloat(mean, n * groups + g, double(first, g));
    storeFloat(variance, n * groups + g, double(second, g));
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

/** Fills CENTER with the means of the groups of columns c to c + width. `mean` is the sample's. */
function centerColumns(mean: usize, c: i32, width: i32, perGroup: i32): void {
  for (let j: i32 = 0; j < width; j++) storeFloat(floats(CENTER), j, float(mean, (c + j) / perGroup));
}

/**
 * Leaves a sample's sum(gamma * dy) and sum(gamma * dy * xhat) per group in `first` and `second`, and sum(dy * xhat) and
 * sum(dy) per column in float64 arrays. `mean` and `variance` are the sample's. Reads dy and x once.
 */
function sampleSums(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  sumDyXhat: usize,
  sumDy: usize,
  rows: i32,
  channels: i32,
  perGroup: i32,
  epsilon: f64,
): void {
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    centerColumns(mean, c, width, perGroup);
    addGradientTile(dy, x, rows, channels, c, width);
    memory.copy(first + <usize>c * 8, doubles(SUM_DY), <usize>width * 8);
    memory.copy(second + <usize>c * 8, doubles(SUM_DYX), <usize>width * 8);
  }
  for (let g: i32 = 0; g < channels / perGroup; g++) {
    const rstd = reciprocalDeviation(float(variance, g), epsilon);
    let groupDy: f64 = 0;
    let groupDyXhat: f64 = 0;
    for (let c = g * perGroup; c < (g + 1) * perGroup; c++) {
      const columnDy = double(first, c);
      const columnDyXhat = double(second, c) * rstd;
      storeDouble(sumDyXhat, c, columnDyXhat);
      storeDouble(sumDy, c, columnDy);
      groupDy += parameter(gamma, c, 1) * columnDy;
      groupDyXhat += parameter(gamma, c, 1) * columnDyXhat;
    }
    storeDouble(first, g, groupDy);
    storeDouble(second, g, groupDyXhat);
  }
}

/** dx of a sample whose groups' sums are in `first` and `second`. Reads dy and x once, writes dx once. */
function sampleInputGradient(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dx: usize,
  rows: i32,
  channels: i32,
  perGroup: i32,
  epsilon: f64,
): void {
  const m = <f64>rows * <f64>perGroup;
  for (let c: i32 = 0; c < channels; c += TILE) {
    const width = min(TILE, channels - c);
    centerColumns(mean, c, width, perGroup);
    for (let j: i32 = 0; j < width; j++) {
      const g = (c + j) / perGroup;
      const rstd = reciprocalDeviation(float(variance, g), epsilon);
      storeFactors(j, m, parameter(gamma, c + j, 1), rstd, double(first, g), double(second, g));
    }
    repeatFactors(channels, width);
    inputGradientTile(dy, x, dx, rows, channels, c, width);
  }
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function groupsLastInputGradient(
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
      storeDouble(first, g, float(sumDy, n * groups + g));
      storeDouble(second, g, float(sumDyXhat, n * groups + g));
    }
    const start = sample(n, rows, channels);
    const at = <usize>(n * groups) * FLOAT;
    sampleInputGradient(
      dy + start,
      x + start,
      mean + at,
      variance + at,
      gamma,
      dx + start,
      rows,
      channels,
      perGroup,
      epsilon,
    );
  }
}

/**
 * The backward pass, whole or in part: dx where wanted, sumDy = sum(gamma * dy) and sumDyXhat = sum(gamma * dy * xhat) where
 * wanted (else pointer 0); leaves sums for dGamma and dBeta in `totals`. Reads dy and x once from memory, and for dx once
 * more from the cache that holds a sample; writes dx once.
 */
export function groupsLastBackward(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dx: usize,
  sumDy: usize,
  sumDyXhat: usize,
  rows: i32,
  channels: i32,
  perGroup: i32,
  epsilon: f64,
  totals: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  useScratch(scratch, channels);
  const groups = channels / perGroup;
  for (let n = from; n < to; n++) {
    const start = sample(n, rows, channels);
    const at = <usize>(n * groups) * FLOAT;
    sampleSums(
      dy + start,
      x + start,
      mean + at,
      variance + at,
      gamma,
      totalsDyXhat(totals, n, channels),
      totalsDy(totals, n, channels),
      rows,
      channels,
      perGroup,
      epsilon,
    );
    if (sumDy !== 0) storeGroups(sumDy, sumDyXhat, n, groups);
    if (dx !== 0) {
      sampleInputGradient(
        dy + start,
        x + start,
        mean + at,
        variance + at,
        gamma,
        dx + start,
        rows,
        channels,
        perGroup,
        epsilon,
      );
    }
  }
}
