/** Gradients of rows; see forward.ts. Sums over the batch are taken segment by segment of samples. */
import { Call } from '../../call';
import { clear } from '../../loops/arrays';
import { double, float, reciprocalDeviation, storeDouble, storeFloat } from '../../loops/numbers';
import { first, second } from '../../loops/pair';
import { segmentRows } from '../../loops/segments';
import { FLOAT } from '../../loops/vector';
import { addTotals, totalsDy, totalsDyXhat } from '../totals';
import { addRow, inputGradientRow } from './loops';
import { chunkDy, chunkDyXhat, gammaOrOnes } from './scratch';

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

/** dx of group s, of its sums. */
function groupInputGradient(call: Call, s: i32, groupDy: f64, groupDyXhat: f64, gamma: usize): void {
  const length = call.channels / call.groups;
  const m = <f64>length;
  const at = <usize>s * <usize>length * FLOAT;
  const rstd = reciprocalDeviation(float(call.variance, s), call.epsilon);
  const xFactor = <f32>((-rstd * rstd * groupDyXhat) / m);
  const constant = call.centered ? <f32>((-rstd * groupDy) / m) : 0;
  inputGradientRow(
    call.dx + at,
    call.dy + at,
    call.x + at,
    length,
    <f32>float(call.mean, s),
    <f32>rstd,
    xFactor,
    constant,
    gamma + <usize>((s % call.groups) * length) * FLOAT,
  );
}

/** The backward pass of group s: adds to the chunk's sums of dGamma and dBeta. */
function backwardGroup(call: Call, s: i32, gamma: usize, scratch: usize): void {
  const length = call.channels / call.groups;
  const at = <usize>s * <usize>length * FLOAT;
  const column = <usize>((s % call.groups) * length) * FLOAT;
  const sums = addRow(
    call.dy + at,
    call.x + at,
    length,
    <f32>float(call.mean, s),
    <f32>reciprocalDeviation(float(call.variance, s), call.epsilon),
    gamma + column,
    chunkDyXhat(call, scratch) + column,
    chunkDy(call, scratch) + column,
  );
  if (call.sumDy !== 0) {
    storeFloat(call.sumDy, s, first(sums));
    storeFloat(call.sumDyXhat, s, second(sums));
  }
  if (call.dx !== 0) groupInputGradient(call, s, first(sums), second(sums), gamma);
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
  const gamma = gammaOrOnes(call, scratch);
  const perSegment = samplesPerSegment(call.batch, call.channels);
  clearChunk(call, scratch);
  for (let segment = from; segment < to; segment++) {
    memory.fill(totalsDyXhat(call, segment), 0, 2 * 8 * <usize>call.channels);
    const end = min(call.batch, (segment + 1) * perSegment);
    let inChunk: i32 = 0;
    for (let n = segment * perSegment; n < end; n++) {
      for (let g: i32 = 0; g < call.groups; g++) backwardGroup(call, n * call.groups + g, gamma, scratch);
      if (++inChunk === CHUNK_ROWS) {
        widenChunk(call, segment, scratch);
        inChunk = 0;
      }
    }
    if (inChunk > 0) widenChunk(call, segment, scratch);
  }
}

/** dGamma and dBeta of the channels `from` to `to` (exclusive), after the segments' backward passes. */
export function perSampleRowsAddTotals(call: Call, from: i32, to: i32): void {
  addTotals(call, perSampleRowsSegments(call.batch, call.channels), from, to);
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function perSampleRowsInputGradient(call: Call, from: i32, to: i32, scratch: usize): void {
  const gamma = gammaOrOnes(call, scratch);
  for (let s = from; s < to; s++) {
    groupInputGradient(call, s, float(call.sumDy, s), float(call.sumDyXhat, s), gamma);
  }
}
