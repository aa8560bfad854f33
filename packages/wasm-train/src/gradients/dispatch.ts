/** tfjs keeps one gradient per kernel name for all backends, so a gradient has to ask where it runs. */
import * as tf from '@tensorflow/tfjs-core';

/** Whether the backend in use has a kernel of this name. */
export function hasKernel(kernelName: string): boolean {
  return tf.getKernel(kernelName, tf.getBackend()) !== undefined;
}

/** Runs a kernel whose result is one tensor. */
export function runKernel<T extends tf.Tensor>(
  kernelName: string,
  inputs: tf.NamedTensorMap,
  attributes: object = {},
): T {
  // A kernel's attributes are plain data; tfjs types them as an open map.
  return tf.engine().runKernel(kernelName, inputs, attributes as tf.NamedAttrMap) as T;
}
