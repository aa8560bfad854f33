/** Gradients of rows; see forward.ts. Sums over the batch are taken segment by segment of samples. */
import { Call } from '../../call';
import { clear } from '../../loops/arrays';
import { double, float, reciprocalDeviation, storeDouble, storeFloat } from '../../loops/numbers';
import { first, pair, second } from '../../loops/pair';
import { segmentRows } from '../../loops/segments';
import { DOUBLE, FLOAT } from '../../loops/vector';
import { addTotals, totalsDy, totalsDyXhat } from '../totals';
import { addRows } from './addRows';
import {
  CENTER,
  CONSTANT,
  factorsOf,
  firstNumbers,
  RSTD,
  recordOf,
  secondNumbers,
  storeFactors,
  X_FACTOR,
} from './block';
import { inputGradientRows } from './inputGradientRows';
import { chunkDy, chunkDyXhat, gammaOrOnes, replaceAbsent, rowRecords } from './scratch';
import { eachBlock, eachOfBlocks, eachPair } from './walks';

/** Rows that the float32 sums of dGamma and dBeta take in before they are widened. */
const CHUNK_ROWS: i32 = 64;
/** Fewer rows than this to a segment would spend more time on the segment's sums than on the rows. */
const SEGMENT_MULTIPLE: i32 = 16;

function samplesPerSegment(batch: i32, channels: i32): i32 {
  return segmentRows(batch, channels, SEGMENT_MULTIPLE);
}

/** Segments of the backward pass. */
export function perSampleRowsSegments(batch: i32, channels: i32): i32 {
  const perSegment = samplesPerSegment(batch, channels);
  return (batch + perSegment - 1) / perSegment;
}

/** mean and rstd of group g of `rows` samples from n on, in their records. */
function loadStatistics(call: Call, n: i32, rows: i32, g: i32, records: usize): void {
  for (let row: i32 = 0; row < rows; row++) {
    const s = (n + row) * call.groups + g;
    const record = recordOf(records, row);
    store<f32>(record, <f32>float(call.mean, s), CENTER);
    store<f32>(record, <f32>reciprocalDeviation(float(call.variance, s), call.epsilon), RSTD);
  }
}

/** dx of group g of `rows` samples from n on, of the sums, means and rstds in their records. */
function inputGradientBlock(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
  const length = call.channels / call.groups;
  const records = rowRecords(call, scratch);
  for (let row: i32 = 0; row < rows; row += 2) {
    const record = recordOf(records, row);
    const rstd = factorsOf(record, RSTD);
    const perElement = f64x2.div(rstd, f64x2.splat(<f64>-length));
    storeFactors(record, X_FACTOR, f64x2.mul(f64x2.mul(perElement, rstd), secondNumbers(record)));
    const constant = f64x2.mul(perElement, firstNumbers(record));
    storeFactors(record, CONSTANT, call.centered ? constant : f64x2.splat(0));
  }
  eachPair<GradientRows>(call, n, rows, g, scratch);
}

class GradientRows {
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
    inputGradientRows<Runs>(call.dx + at, call.dy + at, call.x + at, apart, length, record, record2, gamma);
  }
}

class AddedRows {
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
    const dGamma = chunkDyXhat(call, scratch) + column;
    const dBeta = chunkDy(call, scratch) + column;
    addRows<Runs>(call.dy + at, call.x + at, apart, length, record, record2, gamma, dGamma, dBeta);
  }
}

/** The backward pass of a block: adds to the chunk's sums of dGamma and dBeta. */
class Backward {
  block(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
    const records = rowRecords(call, scratch);
    loadStatistics(call, n, rows, g, records);
    eachPair<AddedRows>(call, n, rows, g, scratch);
    if (call.sumDy !== 0) {
      for (let row: i32 = 0; row < rows; row++) {
        const s = (n + row) * call.groups + g;
        const sums = v128.load(recordOf(records, row));
        storeFloat(call.sumDy, s, first(sums));
        storeFloat(call.sumDyXhat, s, second(sums));
      }
    }
    if (call.dx !== 0) inputGradientBlock(call, n, rows, g, scratch);
  }
}

class InputGradient {
  block(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
    const records = rowRecords(call, scratch);
    loadStatistics(call, n, rows, g, records);
    for (let row: i32 = 0; row < rows; row++) {
      const s = (n + row) * call.groups + g;
      v128.store(recordOf(records, row), pair(float(call.sumDy, s), float(call.sumDyXhat, s)));
    }
    inputGradientBlock(call, n, rows, g, scratch);
  }
}

function clearChunk(call: Call, scratch: usize): void {
  clear(chunkDyXhat(call, scratch), FLOAT, call.channels);
  clear(chunkDy(call, scratch), FLOAT, call.channels);
}

/** Adds a chunk's dGamma and dBeta to the float64 sums of its segment, and starts the next chunk. */
function widenChunk(call: Call, segment: i32, scratch: usize): void {
  const dyXhat = totalsDyXhat(call, segment);
  const dy = totalsDy(call, segment);
  for (let c: i32 = 0; c < call.channels; c++) {
    storeDouble(dyXhat, c, double(dyXhat, c) + float(chunkDyXhat(call, scratch), c));
    storeDouble(dy, c, double(dy, c) + float(chunkDy(call, scratch), c));
  }
  clearChunk(call, scratch);
}

/**
 * The backward pass of the segments `from` to `to` (exclusive), whole or in part: dx if wanted, sumDy = sum(gamma * dy) and
 * sumDyXhat = sum(gamma * dy * xhat) if wanted (else pointer 0); leaves sums for dGamma and dBeta in the totals. Reads dy and x
 * once from memory, and for dx once more from the cache; writes dx once.
 */
export function perSampleRowsBackward(call: Call, from: i32, to: i32, scratch: usize): void {
  replaceAbsent(call, scratch);
  const perSegment = samplesPerSegment(call.batch, call.channels);
  clearChunk(call, scratch);
  for (let segment = from; segment < to; segment++) {
    memory.fill(totalsDyXhat(call, segment), 0, 2 * DOUBLE * <usize>call.channels);
    const end = min(call.batch, (segment + 1) * perSegment);
    for (let n = segment * perSegment; n < end; n += CHUNK_ROWS) {
      eachBlock<Backward>(call, n, min(end, n + CHUNK_ROWS), scratch);
      widenChunk(call, segment, scratch);
    }
  }
}

/** dGamma and dBeta of the channels `from` to `to` (exclusive), after the segments' backward passes. */
export function perSampleRowsAddTotals(call: Call, from: i32, to: i32): void {
  addTotals(call, perSampleRowsSegments(call.batch, call.channels), from, to);
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function perSampleRowsInputGradient(call: Call, from: i32, to: i32, scratch: usize): void {
  replaceAbsent(call, scratch);
  eachOfBlocks<InputGradient>(call, from, to, scratch);
}
