/**
 * The walks over blocks and over pairs of rows. What is done on the way is the method `block` or `pair` of an Action, a class without
 * fields, of which there are no objects: the compiler makes a walk for each.
 */
import { Call } from '../../call';
import { OneRun, TwoRuns } from '../../loops/typeArguments';
import { FLOAT } from '../../loops/vector';
import { blockSamples, recordOf } from './block';
import { rowRecords } from './scratch';

/** Calls `block` of Action for each group of each block of the samples `from` to `to` (exclusive). */
export function eachBlock<Action>(call: Call, from: i32, to: i32, scratch: usize): void {
  const perBlock = blockSamples(call.batch, call.channels, call.groups);
  for (let n = from; n < to; n += perBlock) {
    const rows = min(perBlock, to - n);
    for (let g: i32 = 0; g < call.groups; g++) changetype<Action>(0).block(call, n, rows, g, scratch);
  }
}

/** The same for the blocks `from` to `to` (exclusive) of the whole batch. */
export function eachOfBlocks<Action>(call: Call, from: i32, to: i32, scratch: usize): void {
  const perBlock = blockSamples(call.batch, call.channels, call.groups);
  eachBlock<Action>(call, from * perBlock, min(call.batch, to * perBlock), scratch);
}

/**
 * Calls `pair` of Action for the rows of group g of `rows` samples from n on: a row of the first half of the block with one of the
 * second, `apart` bytes behind it, and if their number is odd the last row by itself. Rows begin `at` bytes behind the beginning of
 * x, their parameters `column` bytes behind the first channel's.
 */
export function eachPair<Action>(call: Call, n: i32, rows: i32, g: i32, scratch: usize): void {
  const length = call.channels / call.groups;
  const records = rowRecords(call, scratch);
  const stride = <usize>call.channels * FLOAT;
  const half = rows / 2;
  const apart = <usize>half * stride;
  const column = <usize>(g * length) * FLOAT;
  let at = <usize>n * stride + column;
  for (let row: i32 = 0; row < half; row++) {
    const record = recordOf(records, row);
    const record2 = recordOf(records, row + half);
    changetype<Action>(0).pair<TwoRuns>(call, at, apart, length, record, record2, column, scratch);
    at += stride;
  }
  if (rows & 1) {
    const record = recordOf(records, rows - 1);
    changetype<Action>(0).pair<OneRun>(call, at + apart, 0, length, record, 0, column, scratch);
  }
}
