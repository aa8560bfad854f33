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

/** A tfjs backend that shows its memory, as wasm does. */
interface OpenMemory {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
}

/**
 * The values of a float32 tensor, for reading at once: on wasm they are its memory itself, which the next operation may move.
 * A copy of each small tensor would cost more than what is done with it, and be one more thing to collect. Data that is elsewhere, or
 * that the tensor shares with one of another type, is read where it is: to move it may make the memory grow.
 */
export function valuesOf(tensor: tf.Tensor): Float32Array {
  const { backend, dtype } = tf.engine().state.tensorInfo.get(tensor.dataId) ?? {};
  const memory = tf.backend() as Partial<OpenMemory>;
  if (memory.typedArrayFromHeap && backend === memory && dtype === 'float32')
    return memory.typedArrayFromHeap(tensor);
  return tf.util.toTypedArray(tensor.dataSync(), 'float32') as Float32Array;
}

/** Backends whose tensors are in the memory of the program: reading several costs less than an operation that joins them. */
const inMemory: readonly string[] = ['cpu', 'wasm'];

/** Writes the values of tensors of shape `[C]` into `values`, one after the other. A GPU is waited for once. For use in tidy. */
export function readInto(values: Float64Array, tensors: readonly tf.Tensor[], start = 0): void {
  const parts = inMemory.includes(tf.getBackend()) ? tensors : [tf.concat1d(tensors as tf.Tensor1D[])];
  let next = start;
  for (const part of parts) {
    values.set(valuesOf(part), next);
    next += part.size;
  }
}

/** Rounded, as a tensor of shape `[C]`. */
export const float32 = (values: Float64Array): tf.Tensor =>
  tf.engine().makeTensor(new Float32Array(values), [values.length], 'float32');
