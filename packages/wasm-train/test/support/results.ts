import * as tf from '@tensorflow/tfjs-core';

/** Starts the wasm backend, with memory that is used again: it holds numbers, not zeros. */
export async function startWithUsedMemory(): Promise<void> {
  await tf.setBackend('wasm');
  await tf.ready();
  for (const size of [4, 12, 48, 400]) tf.fill([size], 12345.5).dispose();
}

/** Type, shape and values of what is computed. */
export function resultOf(compute: () => tf.Tensor): [string, number[], number[]] {
  return tf.tidy(() => {
    const y = compute();
    return [y.dtype, y.shape, [...y.dataSync()]];
  });
}
