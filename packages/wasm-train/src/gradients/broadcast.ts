/** What the gradients of broadcasting operations share. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of an operand that was broadcast: the gradient of the result, summed over the axes that the operand was
 * repeated along.
 */
export function sumToShape<T extends tf.Tensor>(gradient: tf.Tensor, shape: T['shape']): T {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape) as T;
}
