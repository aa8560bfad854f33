/**
 * The one way in which members tell each other something: a few values of each to all, with what they are for. Whoever is in another
 * place of the program than the others is found out here, instead of making all wait or summing what does not belong together.
 */
import { ReducerError } from '@bn/core';
import type { Mpi } from '../library/mpi.js';

/** What members exchange values for, by number: numbers travel. */
const purposes = [
  'allGather',
  'allReduceSum',
  'averageGradients',
  'broadcastWeights',
  'agree',
  'barrier',
  'finalize',
] as const;

export type Purpose = (typeof purposes)[number];

/** Values that travel with the purpose and the length: 4 KiB in all, which MPI sends at once. More take a second message. */
const inFirst = 510;

export class Exchange {
  readonly #first = new Float64Array(inFirst + 2);
  readonly #firsts: Float64Array;

  constructor(
    private readonly mpi: Mpi,
    readonly rank: number,
    readonly size: number,
  ) {
    this.#firsts = new Float64Array(this.#first.length * size);
  }

  /**
   * The values of every member in the order of the ranks; lengths may differ.
   *
   * @throws ReducerError on every member if they are not all here for the same purpose.
   */
  gather(purpose: Purpose, values: Float64Array): Float64Array[] {
    const first = this.#first;
    const stride = first.length;
    first[0] = purposes.indexOf(purpose);
    first[1] = values.length;
    first.set(values.subarray(0, inFirst), 2);
    this.mpi.allGather(first, this.#firsts);
    const headers = Array.from({ length: this.size }, (_, rank) => rank * stride);
    const calls = headers.map((start) => purposes[this.#firsts[start]!]!);
    checkPurposes(calls);
    const lengths = headers.map((start) => this.#firsts[start + 1]!);
    const rests = this.#rests(values, lengths);
    return headers.map((start, rank) => {
      const whole = new Float64Array(lengths[rank]!);
      whole.set(this.#firsts.subarray(start + 2, start + 2 + Math.min(inFirst, whole.length)));
      whole.set(rests[rank]!, Math.min(inFirst, whole.length));
      return whole;
    });
  }

  /** What did not fit into the first message of each. */
  #rests(values: Float64Array, lengths: readonly number[]): Float64Array[] {
    const counts = Int32Array.from(lengths, (length) => Math.max(0, length - inFirst));
    const all = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    if (all.length > 0) this.mpi.allGatherVariable(values.subarray(inFirst), all, counts);
    let end = 0;
    return Array.from(counts, (count) => {
      end += count;
      return all.subarray(end - count, end);
    });
  }
}

function checkPurposes(calls: readonly Purpose[]): void {
  const other = calls.findIndex((call) => call !== calls[0]);
  if (other < 0) return;
  const where = calls.map((call, rank) => `rank ${rank} ${call}`).join(', ');
  throw new ReducerError(
    `all members of a group must do the same, in the same order, as many times; at the same time called ${where}. ` +
      'A member with an empty shard takes every step too',
  );
}
