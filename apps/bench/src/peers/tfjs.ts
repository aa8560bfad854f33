/** What tfjs users write today: the normalizations composed of tfjs's own ops, on its own wasm backend, without @bn. */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { serve } from '../measure.js';
import { NUM_GROUPS, type Task } from '../protocol.js';
import { type Implementation, prepare } from '../tasks.js';

const EPSILON = 1e-5;

/** Normalizes over `axes`; gamma and beta are given the shape `affine`. */
function composed(
  x: tf.Tensor,
  axes: number[],
  gamma: tf.Tensor,
  beta: tf.Tensor,
  affine: number[],
): tf.Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  return standardized(x, mean, variance, tf.reshape(gamma, affine), tf.reshape(beta, affine));
}

function standardized(x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) {
  const scale = tf.mul(tf.rsqrt(tf.add(variance, EPSILON)), gamma);
  return tf.add(tf.mul(tf.sub(x, mean), scale), beta);
}

/** Per-channel parameters of channels-first x. */
const perChannel = (shape: readonly number[]): number[] => shape.map((size, axis) => (axis === 1 ? size : 1));

function training({ operation, shape }: Task): ReturnType<Implementation['training']> {
  if (operation === 'layerNorm') {
    const last = shape.length - 1;
    return (x, gamma, beta) => composed(x, [last], gamma, beta, [shape[last]!]);
  }
  if (operation === 'batchNorm') {
    const axes = shape.map((_size, axis) => axis).filter((axis) => axis !== 1);
    return (x, gamma, beta) => composed(x, axes, gamma, beta, perChannel(shape));
  }
  const [batch, channels, ...spatial] = shape as [number, number, ...number[]];
  const grouped = [batch, NUM_GROUPS, (channels / NUM_GROUPS) * spatial.reduce((a, b) => a * b, 1)];
  return (x, gamma, beta) => {
    const { mean, variance } = tf.moments(tf.reshape(x, grouped), [2], true);
    const scale = tf.rsqrt(tf.add(variance, EPSILON));
    const xhat = tf.reshape(tf.mul(tf.sub(tf.reshape(x, grouped), mean), scale), [...shape]);
    return tf.add(tf.mul(xhat, tf.reshape(gamma, perChannel(shape))), tf.reshape(beta, perChannel(shape)));
  };
}

const implementation: Implementation = {
  training,
  inference(task) {
    if (task.operation === 'batchNorm') {
      const affine = perChannel(task.shape);
      return (x, ...parameters) => {
        const [mean, variance, gamma, beta] = parameters.map((parameter) => tf.reshape(parameter, affine));
        return standardized(x, mean!, variance!, gamma!, beta!);
      };
    }
    const normalize = training(task);
    return (x, _mean, _variance, gamma, beta) => normalize(x, gamma, beta);
  },
};

await tf.setBackend('wasm');
await tf.ready();
await serve((task) =>
  task.operation === 'batchNormLayer'
    ? 'without running statistics, as batchNorm'
    : prepare(task, implementation),
);
