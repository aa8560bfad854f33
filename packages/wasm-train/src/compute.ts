/** A task whose result is one tensor, which is what every kernel here is. */
import type { Executor as HeapExecutor, Scratch } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { type KernelExports, library } from './library.js';

const FLOAT_BYTES = 4;
/**
 * What a tile computes in the time that a pass over memory takes for one float. With it threads take part from 2 million on, 80
 * microseconds of one thread: two gain 1.3 times there even if one has to be woken, and nothing at half of it.
 */
const MULTIPLY_ADDS = 8;

export interface Task {
  /** Of the result. */
  readonly shape: readonly number[];
  /** Of the result; float32 if it does not say. */
  readonly dtype?: 'float32' | 'int32';
  /** How long it takes, as floats that one pass over memory reads in that time: what is short stays on one thread. */
  readonly floats: number;
  /** A shape that kernels read. */
  readonly integers?: readonly number[];
  /**
   * Floats of scratch space.
   *
   * @param integers Where they are.
   */
  scratch?(kernels: KernelExports, integers: number, threads: number): Scratch;
  run(executor: Executor): void;
}

export interface Executor extends Omit<HeapExecutor<KernelExports>, 'outputs'> {
  readonly output: number;
}

/** For a task of so many multiplications and additions, what it takes. */
export function floatsOf(multiplyAdds: number): number {
  return multiplyAdds / MULTIPLY_ADDS;
}

/**
 * A new tensor with what the task writes to it, or an error and nothing left behind.
 *
 * @throws OutOfMemoryError
 * @throws ThreadError once, if a thread has failed.
 */
export function compute(backend: BackendWasm, task: Task): tf.TensorInfo {
  const [info] = library.run(backend, {
    outputs: [task.shape],
    ...(task.dtype && { dtype: task.dtype }),
    floats: task.floats,
    ...(task.integers && { integers: task.integers }),
    scratch(kernels, integers, threads) {
      const { shared = 0, own = 0 } = task.scratch?.(kernels, integers, threads) ?? {};
      return { shared: shared * FLOAT_BYTES, own: own * FLOAT_BYTES };
    },
    run: ({ outputs, ...executor }) => task.run({ ...executor, output: outputs[0]! }),
  });
  return info;
}
