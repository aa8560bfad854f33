/** What the poolings of volumes and their gradients have in common: two poolings of images, one after the other. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { compute, type Executor, type Task } from './compute.js';
import { POOLING_BYTES, poolingIntegers } from './generated/shapes.js';
import type { VolumePooling } from './volumes.js';

const BYTES = 4;

/** Byte offsets: of the two poolings' shapes, and of tensors of one slice's result each. */
export interface VolumePoolingExecutor {
  readonly executor: Executor;
  readonly slices: number;
  readonly depth: number;
  readonly between: readonly number[];
}

/**
 * A new tensor with what `run` writes to it.
 *
 * @param tensorsBetween Tensors of scratch, each of the size of what the first pooling gives.
 * @param passes How often the windows' floats are gone through.
 */
export function computePooling(
  backend: BackendWasm,
  result: Pick<Task, 'shape' | 'dtype'>,
  pooling: VolumePooling,
  tensorsBetween: number,
  passes: number,
  run: (pooling: VolumePoolingExecutor) => void,
): tf.TensorInfo {
  return compute(backend, {
    ...result,
    floats: passes * pooling.floats,
    integers: [...poolingIntegers(pooling.slices), ...poolingIntegers(pooling.depth)],
    scratch: () => ({ shared: tensorsBetween * pooling.floatsBetween }),
    run(executor) {
      const { integers, shared } = executor;
      const between = Array.from(
        { length: tensorsBetween },
        (_, i) => shared + i * pooling.floatsBetween * BYTES,
      );
      run({ executor, slices: integers, depth: integers + POOLING_BYTES, between });
    },
  });
}
