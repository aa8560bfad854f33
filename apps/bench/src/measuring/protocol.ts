/**
 * What a run asks of a peer. A peer is a process or a worker of its own, so that none runs on another's kernels or heap; it
 * does one task at a time.
 */
import type { Case } from '../grid/cases.js';

export interface Task extends Case {
  /** How long to measure, in milliseconds. At least one run is made. */
  readonly budget: number;
}

/** What a peer holds between two training steps. */
export interface Memory {
  /** Tensors that are alive, and their bytes. */
  readonly tensors: number;
  readonly bytes: number;
  /** By how many bytes the heaps of JavaScript (if the engine tells) and of WebAssembly grew over four steps. */
  readonly heapGrowth: number;
}

export interface Measurement {
  /** Median milliseconds of one run. */
  readonly milliseconds: number;
  /** How many runs it is the median of. */
  readonly runs: number;
  readonly memory?: Memory;
  /** A word on why the time is not what it could be. */
  readonly note?: string;
}

/** A measurement; or why the peer does not do the task; or how it failed; or that there was none in time. */
export type Answer =
  | ({ readonly kind: 'measured'; readonly heapBytes: number } & Measurement)
  | { readonly kind: 'unsupported'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'late' };

/** The first thing that a peer says. */
export interface Hello {
  /** Versions of what it runs on, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** The name that the device gives, if it is a graphics processor. */
  readonly gpu?: string;
  /** How it runs, in words: its build, its allocator, what of the engine it uses. */
  readonly about?: string;
}

/** A peer that has said hello. */
export interface Peer {
  readonly hello: Hello;
  /** Never rejects: a peer that ends or hangs is an answer too, after which it is not `alive`. */
  measure(task: Task, timeoutMilliseconds: number): Promise<Answer>;
  readonly alive: boolean;
  stop(): void;
}
