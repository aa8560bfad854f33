/**
 * y = (x - mean) / sqrt(variance + epsilon) * scale + offset, with given statistics: with s = 1 / sqrt(variance + epsilon),
 * dx = dy scale s, dmean = -dx, dvariance = -dy scale (x - mean) s^3 / 2, dscale = dy (x - mean) s, doffset = dy, each summed over
 * the axes that its input is broadcast along.
 *
 * tfjs's own sums only for statistics of shape [C].
 */
import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from './broadcast.js';

export const fusedBatchNormGradient: tf.GradConfig = {
  kernelName: tf.FusedBatchNorm,
  inputsToSave: ['x', 'mean', 'variance', 'scale'],
  gradFunc: (dy, saved, attrs) => {
    const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const upstream = dy as tf.Tensor;
    const { varianceEpsilon } = attrs as unknown as tf.FusedBatchNormAttrs;
    const inverse = () => tf.rsqrt(tf.add(variance, varianceEpsilon));
    const dx = () => tf.mul(tf.mul(upstream, scale), inverse());
    const normalized = () => tf.mul(tf.sub(x, mean), inverse());
    return {
      x: () => sumToShape(dx(), x.shape),
      mean: () => sumToShape(tf.neg(dx()), mean.shape),
      variance: () => sumToShape(tf.mul(tf.mul(dx(), normalized()), tf.mul(inverse(), -0.5)), variance.shape),
      scale: () => sumToShape(tf.mul(upstream, normalized()), mean.shape),
      offset: () => sumToShape(upstream, mean.shape),
    };
  },
};
