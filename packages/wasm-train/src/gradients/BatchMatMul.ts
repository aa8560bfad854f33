/**
 * y = a b: da = dy bᵀ and db = aᵀ dy, and with transposes in their places.
 *
 * tfjs's own is not summed over the batches that an operand was repeated for (its issue 8721).
 */
import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from './broadcast.js';

export const batchMatMulGradient: tf.GradConfig = {
  kernelName: tf.BatchMatMul,
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved, attrs) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    const upstream = dy as tf.Tensor;
    const { transposeA, transposeB } = attrs as unknown as tf.BatchMatMulAttrs;
    const da = () =>
      transposeA ? tf.matMul(b, upstream, transposeB, true) : tf.matMul(upstream, b, false, !transposeB);
    const db = () =>
      transposeB ? tf.matMul(upstream, a, true, transposeA) : tf.matMul(a, upstream, !transposeA, false);
    return { a: () => sumToShape(da(), a.shape), b: () => sumToShape(db(), b.shape) };
  },
};
