/** tf.moments and tf.batchNorm. */
import { channelAxis } from '@bn/conformance/golden';
import * as tf from '@tensorflow/tfjs';
import { axesOf } from './axes.js';
import { defaultEpsilon, type FunctionOf, functionOnTfjs } from './tfjs.js';

/** The largest rank of x that its documentation names. */
const largestRank = 4;

const functionOf: FunctionOf = (row) => {
  const { op, shape } = row;
  if ((op !== 'batchNorm' && op !== 'batchNormInference') || shape.length > largestRank) return undefined;
  const { axes, parameters } = axesOf(row);
  /** A vector, one value for each channel of the last axis; or else in the shape of x. It documents no other. */
  const perChannel = (parameter: tf.Tensor) => {
    if (channelAxis(row) === shape.length - 1) return parameter as tf.Tensor1D;
    return tf.broadcastTo(tf.reshape(parameter, parameters), [...shape]) as unknown as tf.Tensor1D;
  };
  return ({ x, gamma, beta, ...given }) => {
    const training = op === 'batchNorm';
    const { mean, variance } = training ? tf.moments(x, axes) : (given as Required<typeof given>);
    return tf.batchNorm(
      x as tf.Tensor4D,
      perChannel(mean),
      perChannel(variance),
      beta && perChannel(beta),
      gamma && perChannel(gamma),
      row.epsilon ?? defaultEpsilon,
    );
  };
};

export const batchNorm = functionOnTfjs(functionOf);
