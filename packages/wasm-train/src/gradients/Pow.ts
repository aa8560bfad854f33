/**
 * d a^b / da = b a^(b-1), and 0 for b = 0 whatever a is; d a^b / db = a^b log(a), and 0 where a is not positive.
 *
 * tfjs's own is 0 * infinity for 0^0.
 */
import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from './broadcast.js';

export const powGradient: tf.GradConfig = {
  kernelName: tf.Pow,
  inputsToSave: ['a', 'b'],
  outputsToSave: [true],
  gradFunc: (dy, saved) => {
    const [a, b, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const upstream = dy as tf.Tensor;
    const baseSlope = () => {
      const exponent = tf.cast(b, 'float32');
      const slope = tf.mul(exponent, tf.pow(tf.cast(a, 'float32'), tf.sub(exponent, 1)));
      return tf.where(tf.equal(exponent, 0), tf.zerosLike(slope), slope);
    };
    const exponentSlope = () => {
      const base = tf.cast(a, 'float32');
      const isPositive = tf.greater(base, 0);
      return tf.mul(y, tf.log(tf.where(isPositive, base, tf.onesLike(base))));
    };
    return {
      a: () => sumToShape(tf.mul(upstream, baseSlope()), a.shape),
      b: () => sumToShape(tf.mul(upstream, exponentSlope()), b.shape),
    };
  },
};
