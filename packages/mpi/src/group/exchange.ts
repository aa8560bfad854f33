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

/**
 * Values that travel with the purpose and the length; more take a second message. The first has 4,032 bytes, which leave at once:
 * within a host, Open MPI asks the receiver before it sends more than 4 KiB, a header of a few dozen bytes included.
 */
const inFirst = 502;

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
    const lengths = this.#meet(purpose, values);
    if (Math.max(...lengths) > inFirst) return this.#wholes(values, lengths);
    return lengths.map((length, rank) =>
      this.#firsts.slice(this.#startOf(rank), this.#startOf(rank) + length),
    );
  }

  /**
   * Replaces the values by their sum over the members, added up in the order of the ranks.
   *
   * @throws ReducerError on every member if they are not all here for the same purpose, or give different lengths.
   */
  sum(purpose: Purpose, values: Float64Array): void {
    const lengths = this.#meet(purpose, values);
    const { length } = values;
    if (lengths.some((other) => other !== length)) {
      throw new ReducerError(
        `${purpose}: expected equally many values of every member, got ${lengths.join(', ')} of ranks 0 to ${this.size - 1}`,
      );
    }
    const wholes = length > inFirst ? this.#wholes(values, lengths) : undefined;
    for (let index = 0; index < length; index++) {
      let sum = 0;
      for (let rank = 0; rank < this.size; rank++) {
        sum += wholes ? wholes[rank]![index]! : this.#firsts[this.#startOf(rank) + index]!;
      }
      values[index] = sum;
    }
  }

  /** Sends the first message of each to all; returns the lengths. */
  #meet(purpose: Purpose, values: Float64Array): number[] {
    const first = this.#first;
    first[0] = purposes.indexOf(purpose);
    first[1] = values.length;
    first.set(values.length > inFirst ? values.subarray(0, inFirst) : values, 2);
    this.mpi.allGather(first, this.#firsts);
    checkPurposes(this.#column(0));
    return this.#column(1);
  }

  /** Where the values of a member begin in the first messages of all. */
  #startOf(rank: number): number {
    return rank * this.#first.length + 2;
  }

  /** One value of the first message of each. */
  #column(index: number): number[] {
    const column: number[] = [];
    for (let rank = 0; rank < this.size; rank++)
      column.push(this.#firsts[rank * this.#first.length + index]!);
    return column;
  }

  /** All values of each, with a second message for what did not fit into the first. */
  #wholes(values: Float64Array, lengths: readonly number[]): Float64Array[] {
    const wholes = lengths.map((length, rank) => {
      const whole = new Float64Array(length);
      const start = this.#startOf(rank);
      whole.set(this.#firsts.subarray(start, start + Math.min(inFirst, length)));
      return whole;
    });
    this.#addRests(values, wholes);
    return wholes;
  }

  /** What did not fit into the first message of each. */
  #addRests(values: Float64Array, wholes: readonly Float64Array[]): void {
    const counts = Int32Array.from(wholes, ({ length }) => Math.max(0, length - inFirst));
    const rests = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    this.mpi.allGatherVariable(values.subarray(inFirst), rests, counts);
    let start = 0;
    for (const [rank, count] of counts.entries()) {
      if (count > 0) wholes[rank]!.set(rests.subarray(start, start + count), inFirst);
      start += count;
    }
  }
}

/** By their numbers. */
function checkPurposes(calls: readonly number[]): void {
  if (calls.every((call) => call === calls[0])) return;
  const where = calls.map((call, rank) => `rank ${rank} ${purposes[call]}`).join(', ');
  throw new ReducerError(
    `all members of a group must do the same, in the same order, as many times; at the same time called ${where}. ` +
      'A member with an empty shard takes every step too',
  );
}
