/** Each normalization over any axis that Keras takes, beside its formula in tfjs's own ops. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  RMSNormalization,
} from '../src/index.js';
import { expectClose, normalized, sample } from './support/compare.js';

beforeAll(() => useBackend('cpu'));

const axesBut = (axis: number, rank: number, from = 0) =>
  Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis && i >= from);

/** A shape that is 1 but for these axes. */
const broadcastShape = (shape: number[], axes: number[]) =>
  shape.map((size, i) => (axes.includes(i) ? size : 1));

/** Gives gamma, beta or scale of a layer that has been built numbers that tell elements apart. */
function setWeights(layer: tf.layers.Layer, trained: number): tf.Tensor[] {
  const weights = layer.getWeights();
  const values = weights.map((weight, i) => (i < trained ? sample(weight.shape, i + 5) : weight));
  layer.setWeights(values);
  return values;
}

const affine = (y: tf.Tensor, [gamma, beta]: tf.Tensor[], axes: number[]) => {
  const shape = broadcastShape(y.shape, axes);
  const scaled = tf.mul(y, tf.reshape(gamma!, shape));
  return beta === undefined ? scaled : tf.add(scaled, tf.reshape(beta, shape));
};

const shapes: [number[], number][] = [
  [[6, 4], -1],
  [[6, 4], 0],
  [[3, 5, 4], -1],
  [[3, 4, 5], 1],
  [[2, 3, 5, 4], 3],
  [[2, 4, 3, 5], 1],
  [[2, 3, 4, 5], 2],
  [[4, 2, 3, 5], 0],
  [[2, 3, 2, 3, 4], -1],
  [[2, 3, 2, 2, 3, 4], -1],
  [[2, 4, 3, 2, 2, 3], -5],
];

describe.each(shapes)('of x %j with axis %i', (shape, axis) => {
  const x = sample(shape);
  const rank = shape.length;
  const channelAxis = axis < 0 ? axis + rank : axis;

  it('BatchNormalization takes one statistic per index of the axis in training', () => {
    const layer = new BatchNormalization({ axis });
    layer.build(shape);
    const [gamma, beta] = setWeights(layer, 2);
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    const expected = affine(normalized(x, axesBut(channelAxis, rank), 1e-3), [gamma!, beta!], [channelAxis]);
    expect(y.shape).toEqual(shape);
    expectClose(y.dataSync(), expected.dataSync());
  });

  it('BatchNormalization takes the moving statistics in inference', () => {
    const layer = new BatchNormalization({ axis });
    layer.build(shape);
    const channels = shape[channelAxis]!;
    const [gamma, beta, mean] = [1, 2, 3].map((seed) => sample([channels], seed));
    const variance = tf.add(tf.square(sample([channels], 4)), 0.5);
    layer.setWeights([gamma!, beta!, mean!, variance]);
    const perChannel = (parameter: tf.Tensor) => tf.reshape(parameter, broadcastShape(shape, [channelAxis]));
    const xhat = tf.div(tf.sub(x, perChannel(mean!)), tf.sqrt(tf.add(perChannel(variance), 1e-3)));
    const y = layer.apply(x) as tf.Tensor;
    expectClose(y.dataSync(), affine(xhat, [gamma!, beta!], [channelAxis]).dataSync());
  });

  it('LayerNormalization normalizes over it', () => {
    const layer = new LayerNormalization({ axis });
    layer.build(shape);
    const weights = setWeights(layer, 2);
    const y = layer.apply(x) as tf.Tensor;
    const expected = affine(normalized(x, [channelAxis], 1e-3), weights, [channelAxis]);
    expectClose(y.dataSync(), expected.dataSync());
  });
});

describe.each(shapes.filter(([shape, axis]) => axis % shape.length !== 0))(
  'of x %j with axis %i',
  (shape, axis) => {
    const channelAxis = axis < 0 ? axis + shape.length : axis;

    it('GroupNormalization and InstanceNormalization group it', () => {
      const x = sample(shape);
      for (const [layer, groups] of [
        [new GroupNormalization({ axis, groups: 2 }), 2],
        [new InstanceNormalization({ axis }), 4],
      ] as const) {
        layer.build(shape);
        const weights = setWeights(layer, 2);
        const split = [...shape.slice(0, channelAxis), groups, 4 / groups, ...shape.slice(channelAxis + 1)];
        const xhat = normalized(tf.reshape(x, split), axesBut(channelAxis, shape.length + 1, 1), 1e-3);
        const y = layer.apply(x) as tf.Tensor;
        const expected = affine(tf.reshape(xhat, shape), weights, [channelAxis]);
        expectClose(y.dataSync(), expected.dataSync());
      }
    });
  },
);

describe.each([[[1, 2, 3]], [[-2, -1]], [[1, 2]], [[0, 3]]])('over the axes %j', (axis) => {
  const shape = [3, 2, 4, 5];
  const x = sample(shape);
  const axes = axis.map((index) => (index < 0 ? index + 4 : index));

  it('LayerNormalization has gamma and beta of their sizes', () => {
    const layer = new LayerNormalization({ axis });
    layer.build(shape);
    const weights = setWeights(layer, 2);
    expect(weights[0]!.shape).toEqual(axes.map((index) => shape[index]));
    const y = layer.apply(x) as tf.Tensor;
    expectClose(y.dataSync(), affine(normalized(x, axes, 1e-3), weights, axes).dataSync());
  });

  it('RMSNormalization has scale of their sizes', () => {
    const layer = new RMSNormalization({ axis });
    layer.build(shape);
    const weights = setWeights(layer, 1);
    const y = layer.apply(x) as tf.Tensor;
    expectClose(y.dataSync(), affine(normalized(x, axes, 1e-6, false), weights, axes).dataSync());
  });
});
