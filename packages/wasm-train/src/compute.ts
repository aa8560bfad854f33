/** A task whose result is one tensor, which is what every kernel here is. */
import type { Caller, Executor as HeapExecutor, Scratch } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './generated/calls.js';
import { library } from './library.js';

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
  /** Floats of scratch space. */
  scratch?(caller: Caller<Kernels>): Scratch;
  run(executor: Executor): void;
}

export interface Executor extends Omit<HeapExecutor<Kernels>, 'outputs'> {
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
    dtype: task.dtype ?? 'float32',
    floats: task.floats,
    scratch(caller) {
      const { shared = 0, own = 0 } = task.scratch?.(caller) ?? {};
      return { shared: shared * FLOAT_BYTES, own: own * FLOAT_BYTES };
    },
    run: ({ kernels, size, call, range, shared, outputs }) =>
      task.run({ kernels, size, call, range, shared, output: outputs[0]! }),
  });
  return info;
}
