/** What every kernel does around its arithmetic: room for results and for scratch, one thread or several, clean-up. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelSource } from './kernelSource.js';
import { allocateOutputs, type Discard, withIntegers, withScratch } from './memory.js';
import { afterFailure, threadsFor } from './threads/active.js';
import type { Threads } from './threads/pool.js';

/** Bytes of two cache lines, which processors fetch together: threads that write to the same ones slow each other down. */
const CACHE_LINES = 128;

/** Bytes of scratch space, not initialized. */
export interface Scratch {
  /** Of all threads together. */
  readonly shared?: number;
  /** Of each thread. */
  readonly own?: number;
}

export interface Task<
  Exports,
  Shapes extends readonly (readonly number[])[] = readonly (readonly number[])[],
> {
  /** Shapes of the results. */
  readonly outputs: Shapes;
  /** Of the results; float32 if it does not say. */
  readonly dtype?: 'float32' | 'int32';
  /** How long it takes, as floats that one pass over memory reads in that time: what is short stays on one thread. */
  readonly floats: number;
  /** A shape that kernels read. */
  readonly integers?: readonly number[];
  /** @param integers Where they are. */
  scratch?(kernels: Exports, integers: number, threads: number): Scratch;
  run(executor: Executor<Exports>): void;
}

/** Byte offsets of what a task has been given, and who runs its steps: one thread, or several, with the same results. */
export interface Executor<Exports> {
  readonly kernels: Exports;
  /** Threads at work. */
  readonly size: number;
  readonly integers: number;
  readonly shared: number;
  /** In the order of the task's shapes. */
  readonly outputs: readonly number[];
  /**
   * Runs a kernel whose arguments end in (from, to, scratch) over items 0 to `items`, which have nothing to do with each other;
   * with `backwards` preferably the last ones first. `args` are used up.
   */
  range(kernel: KernelName<Exports>, args: number[], items: number, backwards?: boolean): void;
}

/** The names of functions. */
export type KernelName<Exports> = {
  [K in keyof Exports]: Exports[K] extends (...args: number[]) => void ? K : never;
}[keyof Exports] &
  string;

type Kernel = (...args: number[]) => void;

/** See `Library.run`. */
export function runTask<Exports extends object, const Shapes extends readonly (readonly number[])[]>(
  library: KernelSource<Exports>,
  backend: BackendWasm,
  task: Task<Exports, Shapes>,
): { [K in keyof Shapes]: TensorInfo } {
  const threads = threadsFor(backend, library, task.floats);
  const size = threads?.size ?? 1;
  const kernels = library.kernels(backend);
  const discard: Discard = (free) => (threads ? afterFailure(threads, free) : free());
  const withExecutor = (integers: number) => {
    const scratch = task.scratch?.(kernels, integers, size);
    const sharedBytes = roundUp(scratch?.shared ?? 0);
    const ownBytes = roundUp(scratch?.own ?? 0);
    const use = (shared: number) => {
      const outputs = allocateOutputs(backend, task.outputs, task.dtype);
      const infos = outputs.map(({ info }) => info);
      const range = rangeOf(library, kernels, threads, shared + sharedBytes, ownBytes);
      try {
        const pointers = outputs.map(({ pointer }) => pointer);
        task.run({ kernels, size, integers, shared, outputs: pointers, range });
      } catch (error) {
        for (const { dataId } of infos) discard(() => backend.disposeData(dataId as DataId));
        throw error;
      }
      return infos as { [K in keyof Shapes]: TensorInfo };
    };
    // Scratch space first: once there are outputs, only a worker that crashes can make them useless.
    return withScratch(backend, sharedBytes + size * ownBytes, use, discard);
  };
  return task.integers ? withIntegers(backend, task.integers, withExecutor, discard) : withExecutor(0);
}

/** @param scratch The first thread's own scratch space; the others' follow. */
function rangeOf<Exports extends object>(
  library: KernelSource<Exports>,
  kernels: Exports,
  threads: Threads | undefined,
  scratch: number,
  ownBytes: number,
): Executor<Exports>['range'] {
  if (threads) {
    return (kernel, args, items, backwards) =>
      threads.range(library, kernel, args, items, scratch, ownBytes, backwards);
  }
  return (kernel, args, items) => {
    // Spreading in any place but the last takes longer than a small tensor's arithmetic.
    args.push(0, items, scratch);
    (kernels[kernel] as Kernel)(...args);
  };
}

const roundUp = (bytes: number): number => Math.ceil(bytes / CACHE_LINES) * CACHE_LINES;
