/** Gradients of groups of columns; see groupsLast.ts. */
import { double, float, parameter, reciprocalDeviation, storeDouble, storeFloat } from './coefficients';
import {
  addGradientTile,
  CENTER,
  inputGradientTile,
  repeatFactors,
  SUM_DY,
  SUM_DYX,
  storeFactors,
} from './columnPasses';
import { doubles, floats, TILE } from './columnTile';
import { first, sample, second, storeGroups, useScratch } from './groupsLast';
import { totalsDy, totalsDyXhat } from './totals';
import { FLOAT } from './vector';

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
