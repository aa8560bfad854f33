/** What every kernel does around its arithmetic: room for the result and for scratch, one thread or several. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { allocateOutput, type Discard, kernels, pointer, withIntegers, withScratch } from './backend.js';
import type { KernelExports, RangeKernel } from './binary.js';
import { meeting } from './threads.js';

const FLOAT_BYTES = 4;
/** Floats of two cache lines, which processors fetch together: threads that write to the same ones slow each other down. */
const CACHE_LINES = 32;
/**
 * What a tile computes in the time that a pass over memory takes for one float. With it the threads of @bn/wasm take part from
 * 2 million on, 80 microseconds of one thread: two gain 1.3 times there even if one has to be woken, and nothing at half of it.
 */
const MULTIPLY_ADDS = 8;

/** Floats of scratch. */
interface Scratch {
  /** Of all threads together. */
  readonly shared?: number;
  /** Of each thread. */
  readonly own?: number;
}

export interface Task {
  /** Of the result. */
  readonly shape: number[];
  /** Of the result; float32 if it does not say. */
  readonly dtype?: 'float32' | 'int32';
  /** How long it takes, as floats that one pass over memory reads in that time: what is short stays on one thread. */
  readonly floats: number;
  /** A shape that kernels read. */
  readonly integers?: readonly number[];
  /** @param integers Where they are. */
  scratch?(kernels: KernelExports, integers: number, threads: number): Scratch;
  run(executor: Executor): void;
}

/** Byte offsets of what a task has been given, and who runs its steps. */
export interface Executor {
  readonly kernels: KernelExports;
  /** Threads at work. */
  readonly size: number;
  readonly integers: number;
  readonly shared: number;
  readonly output: number;
  /** Runs a kernel over items 0 to `items`; args are used up. */
  range(kernel: RangeKernel, args: number[], items: number): void;
}

/** For a task of so many multiplications and additions, what it takes. */
export function floatsOf(multiplyAdds: number): number {
  return multiplyAdds / MULTIPLY_ADDS;
}

/**
 * A new float32 tensor with what the task writes to it, or an error and nothing left behind.
 *
 * @throws OutOfMemoryError
 * @throws Error where a thread has failed.
 */
export function compute(backend: BackendWasm, kernelName: string, task: Task): tf.TensorInfo {
  const threads = meeting.threads?.(backend, task.floats);
  const size = threads?.size ?? 1;
  const exports = kernels(backend);
  const discard: Discard = (free) => (threads ? threads.afterFailure(free) : free());
  const withExecutor = (integers: number) => {
    const scratch = task.scratch?.(exports, integers, size);
    const sharedFloats = roundUp(scratch?.shared ?? 0);
    const ownFloats = roundUp(scratch?.own ?? 0);
    const use = (offset: number) => {
      const output = allocateOutput(backend, kernelName, task.shape, task.dtype);
      const first = offset + sharedFloats * FLOAT_BYTES;
      const range: Executor['range'] = (kernel, args, items) => {
        if (threads) {
          threads.range(kernel, args, items, first, ownFloats * FLOAT_BYTES);
        } else {
          // Spreading in any place but the last takes longer than a small tensor's arithmetic.
          args.push(0, items, first);
          exports[kernel](...args);
        }
      };
      try {
        const result = pointer(backend, output);
        task.run({ kernels: exports, size, integers, shared: offset, output: result, range });
      } catch (error) {
        discard(() => backend.disposeData(output.dataId as tf.DataId));
        throw error;
      }
      return output;
    };
    const floats = sharedFloats + size * ownFloats;
    return floats === 0 ? use(0) : withScratch(backend, kernelName, floats, use, discard);
  };
  return task.integers
    ? withIntegers(backend, kernelName, task.integers, withExecutor, discard)
    : withExecutor(0);
}

const roundUp = (floats: number): number => Math.ceil(floats / CACHE_LINES) * CACHE_LINES;
