/**
 * A group of the threads of one program (workers of Node or of a page), which meet in shared memory.
 *
 * Each member writes what it contributes into its part of the memory; when all have (a barrier), each reads the parts of all in
 * the order of the ranks; a second barrier keeps the next call from overwriting what is still being read. A contribution that is
 * longer than a part goes in several rounds.
 */
import { OptionError, ReducerError } from '../errors.js';
import { checkKeys, checkPositiveInteger } from '../options.js';
import type { Reducer } from './reducer.js';

/** Float64 values that a part of the memory holds. Mean, variance and count of 1,000 channels go in one round. */
const capacity = 4096;
const mark = 0x626e6772;

/** The int32 words at the front of the memory, and those of each member behind them. */
const word = { mark: 0, size: 1, arrived: 2, generation: 3, broken: 4, members: 5 } as const;
const memberWord = { taken: 0, calls: 1, kind: 2, length: 3, count: 4 } as const;

const kinds = ['allReduceSum', 'allGather'] as const;
type Kind = (typeof kinds)[number];

const headerBytes = (size: number): number => 8 * Math.ceil((word.members + size * memberWord.count) / 2);

/**
 * The memory in which the threads of a group meet. Every member gets it (`workerData`, `postMessage`) and makes its reducer from it.
 *
 * @throws OptionError for a size that is no positive integer; ReducerError in a page that is not cross-origin isolated.
 */
export function threadGroupMemory(size: number): SharedArrayBuffer {
  checkPositiveInteger('threadGroupMemory', 'size', size);
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new ReducerError(
      'threadGroupMemory: there is no SharedArrayBuffer; a page must be cross-origin isolated to have it',
    );
  }
  const memory = new SharedArrayBuffer(headerBytes(size) + 8 * size * capacity);
  const words = new Int32Array(memory, 0, word.members);
  words[word.mark] = mark;
  words[word.size] = size;
  return memory;
}

/** Options of `threadReducer`. */
export interface ThreadReducerOptions {
  /** Milliseconds to wait for the others in a call. Default 60,000: a member that has died does not say so. */
  timeout?: number | undefined;
}

/**
 * The reducer of one thread of a group. A member that waits longer than `timeout` breaks the group: it throws, and so does every
 * later call of any member.
 *
 * ```js
 * // in the main thread, for each rank
 * new Worker(file, { workerData: { memory, rank } });
 * // in the worker
 * const reducer = threadReducer(workerData.memory, workerData.rank);
 * ```
 *
 * @throws OptionError for a memory that `threadGroupMemory` has not made, a rank outside its size or taken already, or a bad
 * timeout. Its calls throw ReducerError, on every member, if the members make different calls, and if members do not come
 * in time; and TypeError in the main thread of a page, which must not block.
 */
export function threadReducer(
  memory: SharedArrayBuffer,
  rank: number,
  options: ThreadReducerOptions = {},
): Reducer {
  checkKeys('threadReducer', options, ['timeout']);
  const { timeout = 60_000 } = options;
  if (typeof timeout !== 'number' || !(timeout > 0)) {
    throw new OptionError(
      `threadReducer: timeout must be a positive number of milliseconds, got ${String(timeout)}`,
    );
  }
  const size = sizeOf(memory);
  if (!Number.isInteger(rank) || rank < 0 || rank >= size) {
    throw new OptionError(`threadReducer: rank must be from 0 to ${size - 1}, got ${String(rank)}`);
  }
  return new ThreadReducer(memory, rank, size, timeout);
}

/** @throws OptionError for a memory that `threadGroupMemory` has not made. */
function sizeOf(memory: SharedArrayBuffer): number {
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory instanceof SharedArrayBuffer;
  if (isShared && memory.byteLength > headerBytes(1)) {
    const words = new Int32Array(memory, 0, word.members);
    if (words[word.mark] === mark) return words[word.size]!;
  }
  throw new OptionError('threadReducer: memory must be one that threadGroupMemory has made');
}

class ThreadReducer implements Reducer {
  readonly #words: Int32Array;

  constructor(
    private readonly memory: SharedArrayBuffer,
    readonly rank: number,
    readonly size: number,
    private readonly timeout: number,
  ) {
    this.#words = new Int32Array(memory, 0, headerBytes(size) / 4);
    if (Atomics.exchange(this.#words, this.#of(rank, 'taken'), 1) === 1) {
      throw new OptionError(`threadReducer: rank ${rank} of this memory is taken already`);
    }
  }

  allReduceSum(values: Float64Array): void {
    const own = values.slice();
    values.fill(0);
    this.#exchange('allReduceSum', own, (part, _, from) => {
      for (let i = 0; i < part.length; i++) values[from + i]! += part[i]!;
    });
  }

  allGather(values: Float64Array): Float64Array[] {
    const gathered: Float64Array[] = [];
    this.#exchange('allGather', values, (part, rank, from, length) => {
      gathered[rank] ??= new Float64Array(length);
      gathered[rank].set(part, from);
    });
    return gathered;
  }

  /** Hands the parts of all members to `take`, in the order of the ranks, in as many rounds as the longest needs. */
  #exchange(
    kind: Kind,
    values: Float64Array,
    take: (part: Float64Array, rank: number, from: number, length: number) => void,
  ): void {
    Atomics.add(this.#words, this.#of(this.rank, 'calls'), 1);
    Atomics.store(this.#words, this.#of(this.rank, 'kind'), kinds.indexOf(kind));
    Atomics.store(this.#words, this.#of(this.rank, 'length'), values.length);
    let rounds = 1;
    for (let round = 0; round < rounds; round++) {
      const from = round * capacity;
      this.#partOf(this.rank).set(values.subarray(from, from + capacity));
      this.#barrier(kind);
      const lengths = this.#lengths(kind);
      if (lengths instanceof ReducerError) {
        this.#barrier(kind);
        throw lengths;
      }
      rounds = Math.max(1, ...lengths.map((length) => Math.ceil(length / capacity)));
      for (const [rank, length] of lengths.entries()) {
        const left = Math.min(capacity, Math.max(0, length - from));
        take(this.#partOf(rank).subarray(0, left), rank, Math.min(from, length), length);
      }
      this.#barrier(kind);
    }
  }

  /** How much each member gives; the fault, which every member sees, if they do not make the same call. */
  #lengths(kind: Kind): number[] | ReducerError {
    const read = (rank: number, name: 'kind' | 'length') => Atomics.load(this.#words, this.#of(rank, name));
    const ranks = [...new Array(this.size).keys()];
    const described = ranks.map((rank) => {
      const theirs = kinds[read(rank, 'kind')]!;
      return theirs === 'allReduceSum' ? `${theirs} of ${read(rank, 'length')} values` : theirs;
    });
    if (new Set(described).size === 1) return ranks.map((rank) => read(rank, 'length'));
    const list = described.map((text, rank) => `rank ${rank}: ${text}`).join('; ');
    return new ReducerError(`${kind}: the members of the group make different calls: ${list}`);
  }

  /** Returns when all members have come here. */
  #barrier(kind: Kind): void {
    const words = this.#words;
    this.#assertWhole(kind);
    const generation = Atomics.load(words, word.generation);
    if (Atomics.add(words, word.arrived, 1) === this.size - 1) {
      Atomics.store(words, word.arrived, 0);
      Atomics.add(words, word.generation, 1);
      Atomics.notify(words, word.generation);
      return;
    }
    while (Atomics.load(words, word.generation) === generation) {
      this.#assertWhole(kind);
      if (Atomics.wait(words, word.generation, generation, this.timeout) !== 'timed-out') continue;
      Atomics.store(words, word.broken, 1);
      Atomics.notify(words, word.generation);
      throw this.#missing(kind);
    }
  }

  #assertWhole(kind: Kind): void {
    if (Atomics.load(this.#words, word.broken) === 0) return;
    throw new ReducerError(`${kind}: the group is broken, since a member has waited in vain for others`);
  }

  #missing(kind: Kind): ReducerError {
    const calls = (rank: number) => Atomics.load(this.#words, this.#of(rank, 'calls'));
    const missing = [...new Array(this.size).keys()].filter((rank) => calls(rank) < calls(this.rank));
    const who = missing.length > 0 ? `rank ${missing.join(' and rank ')}` : 'the others';
    return new ReducerError(
      `${kind}: rank ${this.rank} has waited ${this.timeout} ms for ${who}; every member must make the same calls`,
    );
  }

  #partOf(rank: number): Float64Array {
    return new Float64Array(this.memory, headerBytes(this.size) + 8 * rank * capacity, capacity);
  }

  #of(rank: number, name: Exclude<keyof typeof memberWord, 'count'>): number {
    return word.members + rank * memberWord.count + memberWord[name];
  }
}
