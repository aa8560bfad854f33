/**
 * The scratch space of a thread for rows: two arrays that stand for absent parameters, two of float32 sums, and the records of a
 * block's rows.
 */
import { Call } from '../../call';
import { floatsBytes } from '../../loops/arrays';
import { storeFloat } from '../../loops/numbers';
import { FLOAT } from '../../loops/vector';
import { RECORDS } from './block';

export function perSampleRowsScratchBytes(channels: i32): usize {
  return 4 * floatsBytes(channels) + RECORDS;
}

/** Writes what stands for an absent gamma or beta. */
export function replaceAbsent(call: Call, scratch: usize): void {
  if (call.gamma === 0) for (let c: i32 = 0; c < call.channels; c++) storeFloat(scratch, c, 1);
  if (call.beta === 0) memory.fill(betaOrZeros(call, scratch), 0, <usize>call.channels * FLOAT);
}

/** gamma, or ones in scratch space. */
export function gammaOrOnes(call: Call, scratch: usize): usize {
  return call.gamma !== 0 ? call.gamma : scratch;
}

/** beta, or zeros in scratch space. */
export function betaOrZeros(call: Call, scratch: usize): usize {
  return call.beta !== 0 ? call.beta : scratch + floatsBytes(call.channels);
}

/** Sums of dy * xhat, and of dy, of a chunk of rows. */
export function chunkDyXhat(call: Call, scratch: usize): usize {
  return scratch + 2 * floatsBytes(call.channels);
}

export function chunkDy(call: Call, scratch: usize): usize {
  return scratch + 3 * floatsBytes(call.channels);
}

/** The records of a block's rows. */
export function rowRecords(call: Call, scratch: usize): usize {
  return scratch + 4 * floatsBytes(call.channels);
}
