/** The formula in tfjs's operations. */
import * as tf from '@tensorflow/tfjs';
import { axesOf } from './axes.js';
import { defaultEpsilon, type FunctionOf, functionOnTfjs } from './tfjs.js';

const functionOf: FunctionOf = (row) => {
  const { op, epsilon = defaultEpsilon } = row;
  const { grouped, axes, parameters } = axesOf(row);
  const scaled = (x: tf.Tensor, variance: tf.Tensor) => tf.mul(x, tf.rsqrt(tf.add(variance, epsilon)));
  const perChannel = (parameter: tf.Tensor) => tf.reshape(parameter, parameters);
  return ({ x, gamma, beta, ...given }) => {
    const affine = (xhat: tf.Tensor) => {
      const product = gamma ? tf.mul(xhat, perChannel(gamma)) : xhat;
      return beta ? tf.add(product, perChannel(beta)) : product;
    };
    if (op === 'rmsNorm') return affine(scaled(x, tf.mean(tf.square(x), axes, true)));
    if (op === 'batchNormInference') {
      return affine(scaled(tf.sub(x, perChannel(given.mean!)), perChannel(given.variance!)));
    }
    const xGrouped = tf.reshape(x, grouped);
    const { mean, variance } = tf.moments(xGrouped, axes, true);
    return affine(tf.reshape(scaled(tf.sub(xGrouped, mean), variance), x.shape));
  };
};

export const composed = functionOnTfjs(functionOf);
