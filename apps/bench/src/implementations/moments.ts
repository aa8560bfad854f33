/** tf.moments and tf.batchNorm, which want channels last. */
import * as tf from '@tensorflow/tfjs';
import { epsilon } from '../grid/operations.js';
import { Unsupported } from '../measuring/serve.js';
import { channelParameters, type Library } from './tfjs.js';

export const moments: Library = {
  model(task) {
    if (task.operation !== 'batchNorm') return new Unsupported('BatchNorm only');
    if (task.dataFormat === 'channelsFirst') return new Unsupported('channels last only');
    const { gamma, beta, mean, variance, dispose } = channelParameters(task);
    const axes = [...task.shape.keys()].slice(0, -1);
    return {
      parameters: [gamma, beta],
      forward(x) {
        const statistics = tf.moments(x, axes);
        return normalize(x, statistics.mean, statistics.variance);
      },
      inference: (x) => normalize(x, mean, variance),
      dispose,
    };

    function normalize(x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor): tf.Tensor {
      return tf.batchNorm(
        x,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        beta as tf.Tensor1D,
        gamma as tf.Tensor1D,
        epsilon,
      );
    }
  },
};
