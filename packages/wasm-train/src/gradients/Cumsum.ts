/**
 * dx_i is the sum of the dy that x_i is part of: the running sum from the other end.
 *
 * tfjs's own transposes it if the axis is not the last.
 */
import * as tf from '@tensorflow/tfjs-core';

export const cumsumGradient: tf.GradConfig = {
  kernelName: tf.Cumsum,
  gradFunc: (dy, _saved, attrs) => {
    const { axis, exclusive, reverse } = attrs as unknown as tf.CumsumAttrs;
    return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) };
  },
};
