/** Who runs the steps of a plan: one thread (here), or a pool of threads (threads/pool.ts), with the same results. */
import type { Kernels, RangeKernel, SerialKernel } from './kernels.js';

export interface Executor {
  /** How many threads want scratch space. */
  readonly size: number;
  /** Runs a kernel over items 0 to `items`; with `backwards` preferably the last ones first. */
  range(kernel: RangeKernel, args: readonly number[], items: number, backwards?: boolean): void;
  /** Runs a kernel that is not worth sharing. */
  alone(kernel: SerialKernel, args: readonly number[]): void;
}

/** @param scratch The thread's own scratch space. */
export function oneThread(kernels: Kernels, scratch: number): Executor {
  return {
    size: 1,
    range: (kernel, [call], items) => kernels[kernel](call!, 0, items, scratch),
    alone: (kernel, [call]) => kernels[kernel](call!),
  };
}
