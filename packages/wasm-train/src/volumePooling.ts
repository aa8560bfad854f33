/** What the poolings of volumes and their gradients have in common: two poolings of images, one after the other. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { compute, type Executor, type Task } from './compute.js';
import type { VolumePooling } from './volumes.js';

const BYTES = 4;

/**
 * A new tensor with what `run` writes to it.
 *
 * @param tensorsBetween Tensors of scratch, each of the size of what the first pooling gives.
 * @param passes How often the windows' floats are gone through.
 * @param run Is given the byte offsets of the tensors between.
 */
export function computePooling(
  backend: BackendWasm,
  result: Pick<Task, 'shape' | 'dtype'>,
  pooling: VolumePooling,
  tensorsBetween: number,
  passes: number,
  run: (executor: Executor, ...between: number[]) => void,
): tf.TensorInfo {
  return compute(backend, {
    ...result,
    floats: passes * pooling.floats,
    scratch: () => ({ shared: tensorsBetween * pooling.floatsBetween }),
    run(executor) {
      const offsets = Array.from(
        { length: tensorsBetween },
        (_, i) => executor.shared + i * pooling.floatsBetween * BYTES,
      );
      run(executor, ...offsets);
    },
  });
}
