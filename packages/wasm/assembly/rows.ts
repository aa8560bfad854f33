/**
 * Statistics per sample where every element of a group has a gamma and beta of its own (LayerNorm, RMSNorm, GroupNorm on
 * features): x is [batch, groups, length], one statistic per contiguous group, worked on while it is in the cache. Every
 * function handles the groups `from` to `to` (exclusive) of all batch * groups, each by itself; where sums over the batch
 * are wanted, the segments `from` to `to` of samples.
 *
 * Not centered (RMSNorm): the mean is 0 and sumDy does not enter dx. Absent gamma or beta is pointer 0.
 * xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = length. `scratch` holds rowsScratchBytes,
 * of each thread its own; `totals` is described in totals.ts.
 */
import { double, float, offsetOf, reciprocalDeviation, storeDouble, storeFloat } from './coefficients';
import { addRow, inputGradientRow, normalizeRow, rowDy, rowDyXhat } from './rowLoops';
import { runStatistics } from './runStatistics';
import { segmentRows } from './segments';
import { mean as runningMean, variance as runningVariance } from './statistic';
import { totalsDy, totalsDyXhat } from './totals';
import { FLOAT, sumLanes } from './vector';

/** Rows that the float32 sums of dGamma and dBeta take in before they are widened. */
const CHUNK_ROWS: i32 = 64;
/** Fewer rows than this to a segment would spend more time on the segment's sums than on the rows. */
const SEGMENT_MULTIPLE: i32 = 16;

/** Bytes of an array of `channels` floats in scratch space, whole vectors and some odd cache lines apart. */
function arrayBytes(channels: i32): usize {
  return <usize>(((channels + 3) & ~3) * 4 + 320);
}

/** Bytes of scratch space of a thread: two arrays that stand for absent parameters, two of float32 sums. */
export function rowsScratchBytes(channels: i32): usize {
  return 4 * arrayBytes(channels);
}

/** gamma, or ones in scratch space. */
function gammaOrOnes(gamma: usize, channels: i32, scratch: usize): usize {
  if (gamma !== 0) return gamma;
  for (let c: i32 = 0; c < channels; c++) storeFloat(scratch, c, 1);
  return scratch;
}

/** beta, or zeros in scratch space. */
function betaOrZeros(beta: usize, channels: i32, scratch: usize): usize {
  if (beta !== 0) return beta;
  const zeros = scratch + arrayBytes(channels);
  memory.fill(zeros, 0, <usize>channels * FLOAT);
  return zeros;
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function rowsMoments(
  x: usize,
  mean: usize,
  variance: usize,
  _groups: i32,
  length: i32,
  centered: bool,
  from: i32,
  to: i32,
): void {
  for (let s = from; s < to; s++) {
    runStatistics(x + <usize>s * <usize>length * FLOAT, 1, 0, length, centered);
    storeFloat(mean, s, runningMean);
    storeFloat(variance, s, runningVariance());
  }
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function rowsNormalize(
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  groups: i32,
  length: i32,
  _centered: bool,
  epsilon: f64,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const weight = gammaOrOnes(gamma, groups * length, scratch);
  const bias = betaOrZeros(beta, groups * length, scratch);
  for (let s = from; s < to; s++) {
    const start = <usize>s * <usize>length * FLOAT;
    const first = <usize>((s % groups) * length) * FLOAT;
    const rstd = <f32>reciprocalDeviation(float(variance, s), epsilon);
    normalizeRow(y + start, x + start, length, <f32>float(mean, s), rstd, 0, weight + first, bias + first);
  }
}

/** Moments, then normalization. Reads x once from memory and once from the cache; writes y once. */
export function rowsForward(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  groups: i32,
  length: i32,
  centered: bool,
  epsilon: f64,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const weight = gammaOrOnes(gamma, groups * length, scratch);
  const bias = betaOrZeros(beta, groups * length, scratch);
  for (let s = from; s < to; s++) {
    const start = <usize>s * <usize>length * FLOAT;
    const first = <usize>((s % groups) * length) * FLOAT;
    runStatistics(x + start, 1, 0, length, centered);
    storeFloat(mean, s, runningMean);
    storeFloat(variance, s, runningVariance());
    const rstd = reciprocalDeviation(runningVariance(), epsilon);
    const offset = <f32>offsetOf(runningMean, rstd, 0);
    normalizeRow(
      y + start,
      x + start,
      length,
      <f32>runningMean,
      <f32>rstd,
      offset,
      weight + first,
      bias + first,
    );
  }
}

/** Adds a chunk's dGamma and dBeta to the float64 sums of its segment, and starts the next chunk. */
function widenChunk(channels: i32, dyXhat: usize, dy: usize, scratch: usize): void {
  const chunk = scratch + 2 * arrayBytes(channels);
  for (let c: i32 = 0; c < channels; c++) {
    storeDouble(dyXhat, c, double(dyXhat, c) + float(chunk, c));
    storeDouble(dy, c, double(dy, c) + float(chunk + arrayBytes(channels), c));
  }
  memory.fill(chunk, 0, 2 * arrayBytes(channels));
}

/** Samples to a segment of the backward passes. */
export function rowsPerSegment(batch: i32, channels: i32): i32 {
  return segmentRows(batch, channels, SEGMENT_MULTIPLE);
}

/**
 * The backward pass, whole or in part: dx where wanted, sumDy = sum(gamma * dy) and sumDyXhat = sum(gamma * dy * xhat) where
 * wanted (else pointer 0); leaves sums for dGamma and dBeta in `totals`. Reads dy and x once from memory, and for dx once
 * more from the cache; writes dx once.
 */
export function rowsBackward(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dx: usize,
  sumDy: usize,
  sumDyXhat: usize,
  groups: i32,
  length: i32,
  centered: bool,
  epsilon: f64,
  batch: i32,
  totals: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const channels = groups * length;
  const array = arrayBytes(channels);
  const weight = gammaOrOnes(gamma, channels, scratch);
  const perSegment = rowsPerSegment(batch, channels);
  memory.fill(scratch + 2 * array, 0, 2 * array);
  for (let segment = from; segment < to; segment++) {
    const totalDyXhat = totalsDyXhat(totals, segment, channels);
    const totalDy = totalsDy(totals, segment, channels);
    memory.fill(totalDyXhat, 0, 2 * 8 * <usize>channels);
    const end = min(batch, (segment + 1) * perSegment);
    let inChunk: i32 = 0;
    for (let n = segment * perSegment; n < end; n++) {
      for (let g: i32 = 0; g < groups; g++) {
        const s = n * groups + g;
        const start = <usize>s * <usize>length * FLOAT;
        const first = <usize>(g * length) * FLOAT;
        const rstd = reciprocalDeviation(float(variance, s), epsilon);
        const center = <f32>float(mean, s);
        const chunk = scratch + 2 * array + first;
        addRow(dy + start, x + start, length, center, <f32>rstd, weight + first, chunk, chunk + array);
        const groupDy = sumLanes(rowDy);
        const groupDyXhat = sumLanes(rowDyXhat);
        if (sumDy !== 0) {
          storeFloat(sumDy, s, groupDy);
          storeFloat(sumDyXhat, s, groupDyXhat);
        }
        if (dx !== 0) {
          inputGradient(dy, x, dx, s, g, length, center, rstd, groupDy, groupDyXhat, weight, centered);
        }
      }
      if (++inChunk === CHUNK_ROWS) {
        widenChunk(channels, totalDyXhat, totalDy, scratch);
        inChunk = 0;
      }
    }
    if (inChunk > 0) widenChunk(channels, totalDyXhat, totalDy, scratch);
  }
}

/** dx of one group, of its sums. */
function inputGradient(
  dy: usize,
  x: usize,
  dx: usize,
  s: i32,
  g: i32,
  length: i32,
  center: f32,
  rstd: f64,
  groupDy: f64,
  groupDyXhat: f64,
  weight: usize,
  centered: bool,
): void {
  const m = <f64>length;
  const start = <usize>s * <usize>length * FLOAT;
  const xFactor = <f32>((-rstd * rstd * groupDyXhat) / m);
  const constant = centered ? <f32>((-rstd * groupDy) / m) : 0;
  const gamma = weight + <usize>(g * length) * FLOAT;
  inputGradientRow(dx + start, dy + start, x + start, length, center, <f32>rstd, xFactor, constant, gamma);
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function rowsInputGradient(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  sumDy: usize,
  sumDyXhat: usize,
  dx: usize,
  groups: i32,
  length: i32,
  centered: bool,
  epsilon: f64,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const weight = gammaOrOnes(gamma, groups * length, scratch);
  for (let s = from; s < to; s++) {
    const rstd = reciprocalDeviation(float(variance, s), epsilon);
    const center = <f32>float(mean, s);
    const groupDy = float(sumDy, s);
    const groupDyXhat = float(sumDyXhat, s);
    inputGradient(dy, x, dx, s, s % groups, length, center, rstd, groupDy, groupDyXhat, weight, centered);
  }
}
