/**
 * The larger and the smaller of two numbers: the gradient goes to the one that it is, to a if they are equal.
 *
 * tfjs's own are not summed over the axes that an operand was broadcast along.
 */
import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from './broadcast.js';

function chosenGradient(kernelName: string, choosesFirst: typeof tf.greaterEqual): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const upstream = dy as tf.Tensor;
      const isFirst = () => choosesFirst(a, b);
      return {
        a: () => sumToShape(tf.mul(upstream, tf.cast(isFirst(), 'float32')), a.shape),
        b: () => sumToShape(tf.mul(upstream, tf.cast(tf.logicalNot(isFirst()), 'float32')), b.shape),
      };
    },
  };
}

export const maximumGradient = chosenGradient(tf.Maximum, tf.greaterEqual);
export const minimumGradient = chosenGradient(tf.Minimum, tf.lessEqual);
