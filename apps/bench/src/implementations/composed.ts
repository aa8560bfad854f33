/** What tfjs users write today: the formula in tfjs's own ops. */
import * as tf from '@tensorflow/tfjs';
import type { Case } from '../grid/cases.js';
import { epsilon, groupCount } from '../grid/operations.js';
import { elementCount, type Shape } from '../grid/shapes.js';
import { Unsupported } from '../measuring/serve.js';
import { channelParameters, type Library } from './tfjs.js';

export const composed: Library = {
  model(task) {
    if (task.operation === 'batchNormLayer') return new Unsupported('has no running statistics');
    const { gamma, beta, mean, variance, dispose } = channelParameters(task);
    const forward = forwardOf(task, gamma, beta);
    return {
      parameters: task.operation === 'rmsNorm' ? [gamma] : [gamma, beta],
      forward,
      inference:
        task.operation === 'batchNorm'
          ? (x) => batchNormInference(x, task.shape, { gamma, beta, mean, variance })
          : forward,
      dispose,
    };
  },
};

/** Shape of one parameter per channel, that x is broadcast with. */
const perChannel = (shape: Shape): number[] => shape.map((size, axis) => (axis === 1 ? size : 1));

function forwardOf({ operation, shape }: Case, gamma: tf.Tensor, beta: tf.Tensor) {
  const last = shape.length - 1;
  if (operation === 'layerNorm') return (x: tf.Tensor) => standardize(x, [last]).mul(gamma).add(beta);
  if (operation === 'rmsNorm') {
    return (x: tf.Tensor) => x.mul(tf.rsqrt(tf.mean(tf.square(x), last, true).add(epsilon))).mul(gamma);
  }
  if (operation === 'groupNorm') {
    const grouped = [shape[0]!, groupCount, elementCount(shape) / shape[0]! / groupCount];
    return (x: tf.Tensor) =>
      affine(standardize(x.reshape(grouped), [2]).reshape([...shape]), shape, gamma, beta);
  }
  const axes = [...shape.keys()].filter((axis) => (operation === 'instanceNorm' ? axis > 1 : axis !== 1));
  return (x: tf.Tensor) => affine(standardize(x, axes), shape, gamma, beta);
}

function standardize(x: tf.Tensor, axes: number[]): tf.Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  return x.sub(mean).mul(tf.rsqrt(variance.add(epsilon)));
}

const affine = (x: tf.Tensor, shape: Shape, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor =>
  x.mul(gamma.reshape(perChannel(shape))).add(beta.reshape(perChannel(shape)));

function batchNormInference(
  x: tf.Tensor,
  shape: Shape,
  parameters: Record<'gamma' | 'beta' | 'mean' | 'variance', tf.Tensor>,
): tf.Tensor {
  const scale = tf.rsqrt(parameters.variance.add(epsilon)).mul(parameters.gamma);
  return x
    .sub(parameters.mean.reshape(perChannel(shape)))
    .mul(scale.reshape(perChannel(shape)))
    .add(parameters.beta.reshape(perChannel(shape)));
}
