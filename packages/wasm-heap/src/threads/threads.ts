/** What a task asks of the threads that it is shared among. */
import type { ThreadError } from '../errors.js';
import type { KernelSource } from '../kernelSource.js';

/** Threads at work. */
export interface Threads {
  /** The main one included. */
  readonly size: number;
  /** Why the threads are gone, if that was not asked for. */
  readonly failure: ThreadError | undefined;
  /** Whether a worker has not come back: until it is gone it may still write to memory. */
  readonly hung: boolean;
  /** How many pieces of work the workers have taken over so far. */
  readonly takenByWorkers: number;
  /** Whether to share a task of so many floats with them, whose first kernel comes soon; see readiness.ts. */
  prepare(floats: number): boolean;
  /** Whether they have the kernels of this library: not if it was registered after their start. */
  has(library: object): boolean;
  /**
   * Runs a kernel over items 0 to `items`.
   *
   * @param call Where its record is.
   * @param scratch Scratch space of threadBytes for each of `size` threads.
   * @throws ThreadError if a worker fails; the threads end then.
   */
  range(
    library: KernelSource,
    kernel: string,
    call: number,
    items: number,
    scratch: number,
    threadBytes: number,
  ): void;
  /** Ends the workers; resolves when they are gone. */
  stop(): Promise<void>;
}
