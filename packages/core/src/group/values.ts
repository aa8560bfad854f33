/** Between tensors and the float64 values that a reducer takes. */
import * as tf from '@tensorflow/tfjs-core';
import { runMoments } from '../dispatch/calls.js';
import { offTape } from '../dispatch/tape.js';
import { BackendError } from '../errors.js';
import { batchNormView } from '../view.js';

/** Backends that have been read from without waiting. */
const readable = new WeakSet<tf.KernelBackend>();

/**
 * Called by every member before it communicates, also if it has nothing to read, so that none waits for another which cannot go
 * on. For use in tidy.
 *
 * @throws BackendError if the data of the current tfjs backend can only be read asynchronously.
 */
export function assertReadable(): void {
  const backend = tf.backend();
  if (readable.has(backend)) return;
  // The result of a kernel: tfjs computes small sums on the CPU, where they can be read.
  const view = batchNormView([2, 1], 'channelsFirst');
  const [mean] = offTape(() => runMoments(tf.ones([2, 1]), { view, epsilon: 1 }));
  try {
    mean.dataSync();
  } catch (cause) {
    throw new BackendError(
      `BatchNorm with a reducer reads sums in the middle of a step, because a reducer blocks; the tfjs backend ` +
        `'${tf.getBackend()}' cannot be read without waiting here. Use wasm or cpu, or in a browser webgl`,
      { cause },
    );
  }
  readable.add(backend);
}

/** Backends whose tensors are in the memory of the program: reading several costs less than an operation that joins them. */
const inMemory: readonly string[] = ['cpu', 'wasm'];

/** The values of tensors of shape `[C]`, one after the other. A GPU is waited for once. For use in tidy. */
export function read(tensors: readonly tf.Tensor[]): Float64Array {
  const parts = inMemory.includes(tf.getBackend()) ? tensors : [tf.concat1d(tensors as tf.Tensor1D[])];
  const values = new Float64Array(parts.reduce((sum, { size }) => sum + size, 0));
  let start = 0;
  for (const part of parts) {
    values.set(part.dataSync<'float32'>(), start);
    start += part.size;
  }
  return values;
}

/** Rounded, as a tensor. */
export const float32 = (values: Float64Array): tf.Tensor => tf.tensor1d(new Float32Array(values));
