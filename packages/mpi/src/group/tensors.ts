/** Between tensors and what is sent of them. */
import * as tf from '@tensorflow/tfjs-core';

/** Writes the values of float32 tensors one after the other. */
export function flatten(tensors: readonly tf.Tensor[], flat: Float32Array): void {
  let start = 0;
  for (const tensor of tensors) {
    flat.set(tensor.dataSync<'float32'>(), start);
    start += tensor.size;
  }
}

/** New tensors like `tensors` with the values of `flat`. */
export function unflatten(flat: Float32Array, tensors: readonly tf.Tensor[]): tf.Tensor[] {
  let start = 0;
  return tensors.map(({ shape, size }) => {
    start += size;
    return tf.tensor(flat.slice(start - size, start), shape, 'float32');
  });
}
