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
import { momentsOf } from '../../loops/runStatistics';
import { twoOffsets, twoReciprocalDeviations } from '../../loops/twoNumbers';
import { FLOAT } from '../../loops/vector';
import { CENTER, firstNumbers, OFFSET, RSTD, recordOf, secondNumbers, storeFactors } from './block';
import { normalizeRows } from './normalizeRows';
import { betaOrZeros, gammaOrOnes, replaceAbsent, rowRecords } from './scratch';
import { eachOfBlocks, eachPair } from './walks';

/** [mean, variance] of group g of `rows` samples from n on, which are stored too. */
function blockMoments(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
  const length = call.channels / call.groups;
  const records = rowRecords(call, scratch);
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
function normalizeBlock(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
  const records = rowRecords(call, scratch);
  for (let row: i32 = 0; row < rows; row += 2) {
    const record = recordOf(records, row);
    const mean = firstNumbers(record);
    const rstd = twoReciprocalDeviations(secondNumbers(record), call.epsilon);
    storeFactors(record, CENTER, mean);
    storeFactors(record, RSTD, rstd);
    storeFactors(record, OFFSET, twoOffsets(mean, rstd, f64x2.splat(0)));
  }
  eachPair<NormalizedRows>(call, n, rows, g, scratch);
}

class NormalizedRows {
  pair<Runs>(
    call: Call,
    at: usize,
    apart: usize,
    length: i32,
    record: usize,
    record2: usize,
    column: usize,
    scratch: usize,
  ): void {
    const gamma = gammaOrOnes(call, scratch) + column;
    const beta = betaOrZeros(call, scratch) + column;
    normalizeRows<Runs>(call.y + at, call.x + at, apart, length, record, record2, gamma, beta);
  }
}

class Moments {
  block(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
    blockMoments(call, n, rows, g, scratch);
  }
}

class Normalization {
  block(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
    const records = rowRecords(call, scratch);
    for (let row: i32 = 0; row < rows; row++) {
      const s = (n + row) * call.groups + g;
      v128.store(recordOf(records, row), pair(float(call.mean, s), float(call.variance, s)));
    }
    normalizeBlock(call, n, rows, g, scratch);
  }
}

class Forward {
  block(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
    blockMoments(call, n, rows, g, scratch);
    normalizeBlock(call, n, rows, g, scratch);
  }
}

/** mean = sum(x) / m, variance = sum((x - mean)^2) / m. Reads x once. */
export function perSampleRowsMoments(call: Call, from: i32, to: i32, scratch: usize): void {
  eachOfBlocks<Moments>(call, from, to, scratch);
}

/** y = (x - mean) * rstd * gamma + beta. Reads x once, writes y once. */
export function perSampleRowsNormalize(call: Call, from: i32, to: i32, scratch: usize): void {
  replaceAbsent(call, scratch);
  eachOfBlocks<Normalization>(call, from, to, scratch);
}

/** Moments, then normalization. Reads x once from memory and once from the cache; writes y once. */
export function perSampleRowsForward(call: Call, from: i32, to: i32, scratch: usize): void {
  replaceAbsent(call, scratch);
  eachOfBlocks<Forward>(call, from, to, scratch);
}
