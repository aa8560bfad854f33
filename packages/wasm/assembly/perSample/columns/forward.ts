/**
 * Statistics per sample, channels last (GroupNorm, InstanceNorm): x is [batch, rows, channels], [N, H, W, C], with `perGroup`
 * channels to a group. A sample's columns are summed, and put together by group. Every kernel handles the samples `from` to
 * `to` (exclusive), each by itself.
 *
 * Absent gamma or beta is pointer 0. xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = perGroup * rows.
 * `scratch` holds perSampleColumnsScratchBytes, each thread its own.
 */
import { Call } from '../../call';
import { normalizeColumns } from '../../loops/columnElementwise';
import { columnStatistics } from '../../loops/columnStatistics';
import { CENTER, interleave, NORMALIZE_FACTORS, OFFSET, SCALE } from '../../loops/factors';
import {
  double,
  float,
  offsetOf,
  parameter,
  reciprocalDeviation,
  storeDouble,
  storeFloat,
} from '../../loops/numbers';
import { first, pair, second } from '../../loops/pair';
import { merge, varianceOf } from '../../loops/statistic';
import { FLOAT } from '../../loops/vector';
import { wideRowWidth } from '../../loops/wideRows';
import { factors, ofColumns } from './scratch';

/** Leaves mean and variance of the groups of sample n in float64, and stores them. Reads x once. */
function sampleMoments(call: Call, n: i32, scratch: usize): void {
  const rows = call.outer;
  const channels = call.channels;
  const groups = call.groups;
  const perGroup = channels / groups;
  const means = ofColumns(call, scratch, 0);
  const m2s = ofColumns(call, scratch, 1);
  const x = call.x + <usize>n * <usize>rows * <usize>channels * FLOAT;
  columnStatistics(x, rows, channels, means, m2s, scratch);
  for (let g: i32 = 0; g < groups; g++) {
    let statistic = pair(0, 0);
    for (let k: i32 = 0; k < perGroup; k++) {
      const c = g * perGroup + k;
      statistic = merge(<f64>k * <f64>rows, statistic, rows, pair(double(means, c), double(m2s, c)));
    }
    const variance = varianceOf(second(statistic), <f64>perGroup * <f64>rows);
    storeDouble(means, g, first(statistic));
    storeDouble(m2s, g, variance);
    storeFloat(call.mean, n * groups + g, first(statistic));
    storeFloat(call.variance, n * groups + g, variance);
  }
}

/** y of sample n, of the mean and variance of its groups in float64. Reads x once, writes y once. */
function normalizeSample(call: Call, n: i32, scratch: usize): void {
  const channels = call.channels;
  const perGroup = channels / call.groups;
  const means = ofColumns(call, scratch, 0);
  const variances = ofColumns(call, scratch, 1);
  const center = factors(call, scratch, CENTER);
  const scale = factors(call, scratch, SCALE);
  const offset = factors(call, scratch, OFFSET);
  for (let c: i32 = 0; c < channels; c++) {
    const mean = double(means, c / perGroup);
    const rstd = reciprocalDeviation(double(variances, c / perGroup), call.epsilon);
    const factor = parameter(call.gamma, c, 1) * rstd;
    storeFloat(center, c, mean);
    storeFloat(scale, c, factor);
    storeFloat(offset, c, offsetOf(mean, factor, parameter(call.beta, c, 0)));
  }
  const width = wideRowWidth(channels);
  const interleaved = interleave(scratch, NORMALIZE_FACTORS, channels, width);
  const length = call.outer * channels;
  const at = <usize>n * <usize>length * FLOAT;
  normalizeColumns(call.y + at, call.x + at, length, width, interleaved);
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function perSampleColumnsMoments(call: Call, from: i32, to: i32, scratch: usize): void {
  for (let n = from; n < to; n++) sampleMoments(call, n, scratch);
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function perSampleColumnsNormalize(call: Call, from: i32, to: i32, scratch: usize): void {
  const groups = call.groups;
  for (let n = from; n < to; n++) {
    for (let g: i32 = 0; g < groups; g++) {
      storeDouble(ofColumns(call, scratch, 0), g, float(call.mean, n * groups + g));
      storeDouble(ofColumns(call, scratch, 1), g, float(call.variance, n * groups + g));
    }
    normalizeSample(call, n, scratch);
  }
}

/** Moments, then normalization. Reads x once from memory and once from the cache that holds a sample; writes y once. */
export function perSampleColumnsForward(call: Call, from: i32, to: i32, scratch: usize): void {
  for (let n = from; n < to; n++) {
    sampleMoments(call, n, scratch);
    normalizeSample(call, n, scratch);
  }
}
