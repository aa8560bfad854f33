/** What tfjs users write today: the formula in tfjs's own ops. */
import * as tf from '@tensorflow/tfjs';
import type { Case } from '../grid/cases.js';
import { epsilon, groupCount } from '../grid/operations.js';
import { elementCount, storedShape } from '../grid/shapes.js';
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
          ? (x) => batchNormInference(x, task, { gamma, beta, mean, variance })
          : forward,
      dispose,
    };
  },
};

/** The axis of the channels. */
const channelAxisOf = ({ shape, dataFormat }: Case): number =>
  dataFormat === 'channelsLast' ? shape.length - 1 : 1;

/** Shape of one parameter per channel, that x is broadcast with. */
const perChannel = (task: Case): number[] =>
  storedShape(task.shape, task.dataFormat).map((size, axis) => (axis === channelAxisOf(task) ? size : 1));

function forwardOf(task: Case, gamma: tf.Tensor, beta: tf.Tensor) {
  const { operation, shape } = task;
  const last = shape.length - 1;
  if (operation === 'layerNorm') return (x: tf.Tensor) => standardize(x, [last]).mul(gamma).add(beta);
  if (operation === 'rmsNorm') {
    return (x: tf.Tensor) => x.mul(tf.rsqrt(tf.mean(tf.square(x), last, true).add(epsilon))).mul(gamma);
  }
  if (operation === 'groupNorm') {
    const { grouped, axes } = groups(task);
    return (x: tf.Tensor) =>
      affine(standardize(x.reshape(grouped), axes).reshape(x.shape), task, gamma, beta);
  }
  const channels = channelAxisOf(task);
  const axes = [...shape.keys()].filter(
    (axis) => axis !== channels && !(operation === 'instanceNorm' && axis === 0),
  );
  return (x: tf.Tensor) => affine(standardize(x, axes), task, gamma, beta);
}

/** The shape with an axis for the groups, and the axes within a group. */
function groups({ shape, dataFormat }: Case): { grouped: number[]; axes: number[] } {
  const [batch, channels] = shape as [number, number];
  const perGroup = channels / groupCount;
  const positions = elementCount(shape) / batch / channels;
  return dataFormat === 'channelsLast'
    ? { grouped: [batch, positions, groupCount, perGroup], axes: [1, 3] }
    : { grouped: [batch, groupCount, perGroup * positions], axes: [2] };
}

function standardize(x: tf.Tensor, axes: number[]): tf.Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  return x.sub(mean).mul(tf.rsqrt(variance.add(epsilon)));
}

const affine = (x: tf.Tensor, task: Case, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor =>
  x.mul(gamma.reshape(perChannel(task))).add(beta.reshape(perChannel(task)));

function batchNormInference(
  x: tf.Tensor,
  task: Case,
  parameters: Record<'gamma' | 'beta' | 'mean' | 'variance', tf.Tensor>,
): tf.Tensor {
  const scale = tf.rsqrt(parameters.variance.add(epsilon)).mul(parameters.gamma);
  return x
    .sub(parameters.mean.reshape(perChannel(task)))
    .mul(scale.reshape(perChannel(task)))
    .add(parameters.beta.reshape(perChannel(task)));
}
