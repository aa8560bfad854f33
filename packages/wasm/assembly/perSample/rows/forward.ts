/**
 * Statistics per sample where every element of a group has its own gamma and beta (LayerNorm, RMSNorm, GroupNorm on
 * features): x is [batch, groups, length], one statistic per contiguous group, worked on while it is in the cache. Every
 * kernel handles the blocks of samples `from` to `to` (exclusive), each by itself.
 *
 * Not centered (RMSNorm): the mean is 0 and sumDy does not enter dx. Absent gamma or beta is pointer 0.
 * xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon), m = length. `scratch` holds perSampleRowsScratchBytes,
 * each thread its own.
 */
import { Call } from '../../call';
import { float, storeFloat } from '../../loops/numbers';
import { first, pair, second } from '../../loops/pair';
import { momentsOf } from '../../loops/statistics';
import { twoReciprocalDeviations } from '../../loops/twoNumbers';
import { FLOAT } from '../../loops/vector';
import {
  blockSamples,
  CENTER,
  firstNumbers,
  OFFSET,
  RSTD,
  recordOf,
  secondNumbers,
  storeFactors,
} from './block';
import { normalizeRows } from './normalizeRows';
import { betaOrZeros, gammaOrOnes, rowRecords } from './scratch';

/** [mean, variance] of group g of `rows` samples from n on, which are stored too. */
function blockMoments(call: Call, n: i32, rows: i32, g: i32, records: usize): void {
  const length = call.channels / call.groups;
  let x = call.x + (<usize>n * call.channels + g * length) * FLOAT;
  for (let row: i32 = 0; row < rows; row++) {
    const moments = momentsOf(x, length, call.centered !== 0);
    const s = (n + row) * call.groups + g;
    storeFloat(call.mean, s, first(moments));
    storeFloat(call.variance, s, second(moments));
    v128.store(recordOf(records, row), moments);
    x += <usize>call.channels * FLOAT;
  }
}

/** y of group g of `rows` samples from n on, of the moments in their records. */
function normalizeBlock(
  call: Call,
  n: i32,
  rows: i32,
  g: i32,
  records: usize,
  gamma: usize,
  beta: usize,
): void {
  const length = call.channels / call.groups;
  for (let row: i32 = 0; row < rows; row += 2) {
    const record = recordOf(records, row);
    const mean = firstNumbers(record);
    const rstd = twoReciprocalDeviations(secondNumbers(record), call.epsilon);
    const rounded = f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(mean));
    storeFactors(record, CENTER, mean);
    storeFactors(record, RSTD, rstd);
    storeFactors(record, OFFSET, f64x2.mul(f64x2.sub(rounded, mean), rstd));
  }
  const stride = <usize>call.channels * FLOAT;
  const half = rows / 2;
  const apart = <usize>half * stride;
  const column = <usize>(g * length) * FLOAT;
  let at = <usize>n * stride + column;
  for (let row: i32 = 0; row < half; row++) {
    normalizeRows<u16>(
      call.y + at,
      call.x + at,
      apart,
      length,
      recordOf(records, row),
      recordOf(records, row + half),
      gamma + column,
      beta + column,
    );
    at += stride;
  }
  if (rows & 1) {
    at += apart;
    normalizeRows<u8>(
      call.y + at,
      call.x + at,
      0,
      length,
      recordOf(records, rows - 1),
      0,
      gamma + column,
      beta + column,
    );
  }
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function perSampleRowsMoments(call: Call, from: i32, to: i32, scratch: usize): void {
  const perBlock = blockSamples(call.batch, call.channels, call.groups);
  for (let block = from; block < to; block++) {
    const n = block * perBlock;
    const rows = min(perBlock, call.batch - n);
    for (let g: i32 = 0; g < call.groups; g++) blockMoments(call, n, rows, g, rowRecords(call, scratch));
  }
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function perSampleRowsNormalize(call: Call, from: i32, to: i32, scratch: usize): void {
  const gamma = gammaOrOnes(call, scratch);
  const beta = betaOrZeros(call, scratch);
  const records = rowRecords(call, scratch);
  const perBlock = blockSamples(call.batch, call.channels, call.groups);
  for (let block = from; block < to; block++) {
    const n = block * perBlock;
    const rows = min(perBlock, call.batch - n);
    for (let g: i32 = 0; g < call.groups; g++) {
      for (let row: i32 = 0; row < rows; row++) {
        const s = (n + row) * call.groups + g;
        v128.store(recordOf(records, row), pair(float(call.mean, s), float(call.variance, s)));
      }
      normalizeBlock(call, n, rows, g, records, gamma, beta);
    }
  }
}

/** Moments, then normalization. Reads x once from memory and once from the cache; writes y once. */
export function perSampleRowsForward(call: Call, from: i32, to: i32, scratch: usize): void {
  const gamma = gammaOrOnes(call, scratch);
  const beta = betaOrZeros(call, scratch);
  const records = rowRecords(call, scratch);
  const perBlock = blockSamples(call.batch, call.channels, call.groups);
  for (let block = from; block < to; block++) {
    const n = block * perBlock;
    const rows = min(perBlock, call.batch - n);
    for (let g: i32 = 0; g < call.groups; g++) {
      blockMoments(call, n, rows, g, records);
      normalizeBlock(call, n, rows, g, records, gamma, beta);
    }
  }
}
