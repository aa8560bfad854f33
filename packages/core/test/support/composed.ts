/** The normalizations composed of tfjs's own differentiable ops: what gradients are compared with. */
import * as tf from '@tensorflow/tfjs-core';
import type { DataFormat } from '../../src/index.js';

type Affine = { gamma?: tf.Tensor | undefined; beta?: tf.Tensor | undefined };

function transformed(xhat: tf.Tensor, { gamma, beta }: Affine, shape: number[]): tf.Tensor {
  let y = xhat;
  if (gamma) y = tf.mul(y, tf.reshape(gamma, shape));
  if (beta) y = tf.add(y, tf.reshape(beta, shape));
  return y;
}

function standardized(x: tf.Tensor, axes: number[], epsilon: number, centered = true): tf.Tensor {
  const deviations = centered ? tf.sub(x, tf.mean(x, axes, true)) : x;
  const variance = tf.mean(tf.square(deviations), axes, true);
  return tf.mul(deviations, tf.rsqrt(tf.add(variance, epsilon)));
}

const channelAxisOf = (x: tf.Tensor, dataFormat: DataFormat) =>
  dataFormat === 'channelsFirst' ? 1 : x.rank - 1;

export function channelShape(x: tf.Tensor, dataFormat: DataFormat): number[] {
  const axis = channelAxisOf(x, dataFormat);
  return x.shape.map((size, i) => (i === axis ? size : 1));
}

const allAxes = (x: tf.Tensor) => x.shape.map((_, i) => i);

export function otherAxes(x: tf.Tensor, dataFormat: DataFormat): number[] {
  return allAxes(x).filter((axis) => axis !== channelAxisOf(x, dataFormat));
}

export function composedBatchNorm(x: tf.Tensor, affine: Affine, dataFormat: DataFormat, epsilon: number) {
  const xhat = standardized(x, otherAxes(x, dataFormat), epsilon);
  return transformed(xhat, affine, channelShape(x, dataFormat));
}

export function composedInference(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  affine: Affine,
  dataFormat: DataFormat,
  epsilon: number,
): tf.Tensor {
  const shape = channelShape(x, dataFormat);
  const rstd = tf.rsqrt(tf.add(tf.reshape(variance, shape), epsilon));
  return transformed(tf.mul(tf.sub(x, tf.reshape(mean, shape)), rstd), affine, shape);
}

export function composedGroupNorm(
  x: tf.Tensor,
  affine: Affine,
  dataFormat: DataFormat,
  numGroups: number,
  epsilon: number,
): tf.Tensor {
  const axes = allAxes(x);
  const toFirst = dataFormat === 'channelsFirst' ? axes : [0, x.rank - 1, ...axes.slice(1, -1)];
  const first = tf.transpose(x, toFirst);
  const grouped = tf.reshape(first, [x.shape[0]!, numGroups, -1]);
  const xhat = tf.reshape(standardized(grouped, [2], epsilon), first.shape);
  const back = axes.map((axis) => toFirst.indexOf(axis));
  return transformed(tf.transpose(xhat, back), affine, channelShape(x, dataFormat));
}

export function composedLayerNorm(
  x: tf.Tensor,
  affine: Affine,
  normalizedShape: number[],
  centered: boolean,
  epsilon: number,
): tf.Tensor {
  const axes = allAxes(x).slice(x.rank - normalizedShape.length);
  return transformed(standardized(x, axes, epsilon, centered), affine, normalizedShape);
}

/** Weights of the shape that `mask` takes, among the axes of x. */
export function spreadMask(mask: tf.Tensor, x: tf.Tensor, dataFormat: DataFormat): tf.Tensor {
  const trailing = new Array<number>(x.rank - 1 - mask.rank).fill(1);
  const shape = [...mask.shape, ...trailing];
  shape.splice(channelAxisOf(x, dataFormat), 0, 1);
  return tf.broadcastTo(tf.reshape(tf.cast(mask, 'float32'), shape), x.shape);
}

/** Mean and variance per channel of weighted values. */
export function composedMaskedMoments(x: tf.Tensor, mask: tf.Tensor, dataFormat: DataFormat) {
  const weights = spreadMask(mask, x, dataFormat);
  const axes = otherAxes(x, dataFormat);
  const count = tf.sum(weights, axes);
  const mean = tf.div(tf.sum(tf.mul(weights, x), axes), count);
  const deviations = tf.sub(x, tf.reshape(mean, channelShape(x, dataFormat)));
  return { mean, variance: tf.div(tf.sum(tf.mul(weights, tf.square(deviations)), axes), count) };
}
