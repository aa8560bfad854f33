/** Between tensors and what is sent of them. */
import { valuesOf } from '@bn/core/group';
import * as tf from '@tensorflow/tfjs-core';

/** Writes the values of float32 tensors one after the other. */
export function flatten(tensors: readonly tf.Tensor[], flat: Float32Array): void {
  let start = 0;
  for (const tensor of tensors) {
    flat.set(valuesOf(tensor), start);
    start += tensor.size;
  }
}

/** Backends that copy the values of a new tensor at once; others keep the array that they are given. */
const copying: readonly string[] = ['wasm'];

/** New tensors like `tensors` with the values of `flat`, which may change afterwards. */
export function unflatten(flat: Float32Array, tensors: readonly tf.Tensor[]): tf.Tensor[] {
  const isCopied = copying.includes(tf.getBackend());
  let start = 0;
  return tensors.map(({ shape, size }) => {
    const values = flat.subarray(start, start + size);
    start += size;
    return tf.engine().makeTensor(isCopied ? values : values.slice(), shape, 'float32');
  });
}
