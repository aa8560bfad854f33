import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  batchNorm,
  batchNormInference,
  groupNorm,
  instanceNorm,
  layerNorm,
  moments,
  registerBackend,
  rmsNorm,
} from '../src/index.js';
import { cases, channelInputs, epsilon } from './support/cases.js';
import { momentsByLoop, normalizedByLoop } from './support/formulas.js';
import { genericBackend } from './support/genericBackend.js';
import { expectClose, sample } from './support/tensors.js';

beforeEach(() => registerBackend(genericBackend));

/** The values of two tensors, one of them maybe left out. */
const valuesOf = (tensor: tf.Tensor | undefined) => tensor?.dataSync();

describe.each(cases)('$title', ({ assignment, affineShape, hasBeta, apply }) => {
  const x = sample(assignment.shape);
  const gamma = sample(affineShape, 2);
  const beta = sample(affineShape, 3);

  test.each([
    ['gamma and beta', { gamma, beta: hasBeta ? beta : undefined }],
    ['only gamma', { gamma, beta: undefined }],
    ['only beta', { gamma: undefined, beta: hasBeta ? beta : undefined }],
    ['neither gamma nor beta', { gamma: undefined, beta: undefined }],
  ])('computes the formula with %s', (_, affine) => {
    const expected = normalizedByLoop(
      x.dataSync(),
      assignment,
      valuesOf(affine.gamma),
      valuesOf(affine.beta),
      epsilon,
    );
    expectClose(apply(x, affine), expected);
  });

  test('keeps the shape of x', () => {
    expect(apply(x, {}).shape).toEqual(assignment.shape);
  });
});

describe.each(channelInputs)('batchNorm of shape $shape, $dataFormat', ({ shape, dataFormat }) => {
  const x = sample(shape);
  const channelAxis = dataFormat === 'channelsFirst' ? 1 : shape.length - 1;
  const assignment = {
    shape,
    statistic: (indices: readonly number[]) => `${indices[channelAxis]}`,
    channel: (indices: readonly number[]) => indices[channelAxis]!,
    centered: true,
  };
  const expected = [...momentsByLoop(x.dataSync(), assignment).values()];

  test('gives the mean of each channel', () => {
    expectClose(
      batchNorm(x, { dataFormat }).mean,
      expected.map(({ mean }) => mean),
    );
  });

  test('gives the biased variance of each channel', () => {
    expectClose(
      batchNorm(x, { dataFormat }).variance,
      expected.map(({ variance }) => variance),
    );
  });

  test('gives statistics of shape [C]', () => {
    const { mean, variance } = batchNorm(x, { dataFormat });
    expect([mean.shape, variance.shape]).toEqual([[4], [4]]);
  });

  test('agrees with batchNormInference on its own statistics', () => {
    const affine = { gamma: sample([4], 2), beta: sample([4], 3), dataFormat, epsilon };
    const { y, mean, variance } = batchNorm(x, affine);
    expectClose(batchNormInference(x, { ...affine, mean, variance }), y);
  });
});

describe('batchNormInference', () => {
  const x = tf.tensor2d([
    [1, 10],
    [3, 30],
  ]);
  const statistics = { mean: tf.tensor1d([1, 20]), variance: tf.tensor1d([4, 25]) };

  test('normalizes with the statistics that it is given', () => {
    expectClose(batchNormInference(x, { ...statistics, epsilon: 1e-9 }), [0, -2, 1, 2]);
  });

  test('takes an epsilon of 0', () => {
    expectClose(batchNormInference(x, { ...statistics, epsilon: 0 }), [0, -2, 1, 2]);
  });

  test('applies gamma and beta', () => {
    const affine = { gamma: tf.tensor1d([2, 3]), beta: tf.tensor1d([5, 7]) };
    expectClose(batchNormInference(x, { ...statistics, ...affine, epsilon: 1e-9 }), [5, 1, 7, 13]);
  });

  test('takes 1e-5 for epsilon', () => {
    const options = { mean: tf.zeros([2]), variance: tf.zeros([2]) };
    expectClose(batchNormInference(tf.ones([1, 2]), options), [1e5 ** 0.5, 1e5 ** 0.5]);
  });
});

describe('moments', () => {
  const x = tf.tensor3d([1, 3, 5, 7, 2, 2, 4, 8], [2, 2, 2]);

  test.each([
    ['per channel', {}, [2], [2, 6], [0.5, 2.5]],
    ['per channel, channels last', { dataFormat: 'channelsLast' as const }, [2], [3, 5], [2.5, 6.5]],
    ['per sample and group', { numGroups: 2 }, [2, 2], [2, 6, 2, 6], [1, 1, 0, 4]],
    ['per sample and one group', { numGroups: 1 }, [2, 1], [4, 4], [5, 6]],
    ['over the last axis', { normalizedShape: 2 }, [4, 1], [2, 6, 2, 6], [1, 1, 0, 4]],
    ['over two axes', { normalizedShape: [2, 2] }, [2, 1], [4, 4], [5, 6]],
  ])('are taken %s', (_, options, shape, mean, variance) => {
    const result = moments(x, options);
    expect({
      shapes: [result.mean.shape, result.variance.shape],
      mean: Array.from(result.mean.dataSync()),
      variance: Array.from(result.variance.dataSync()),
    }).toEqual({ shapes: [shape, shape], mean, variance });
  });

  test('of one value have no variance', () => {
    expectClose(moments(tf.tensor2d([[3, 4]])).variance, [0, 0]);
  });
});

describe('an empty x', () => {
  const empty = tf.zeros([0, 4, 2]);
  const statistics = { mean: tf.zeros([4]), variance: tf.ones([4]) };

  const calls: [string, () => tf.Tensor][] = [
    ['batchNormInference', () => batchNormInference(empty, statistics)],
    ['groupNorm', () => groupNorm(empty, { numGroups: 2 })],
    ['instanceNorm', () => instanceNorm(empty)],
    ['layerNorm', () => layerNorm(empty, { normalizedShape: 2 })],
    ['rmsNorm', () => rmsNorm(empty, { normalizedShape: [4, 2] })],
  ];

  test.each(calls)('gives an empty y of %s', (_, call) => {
    expect(call().shape).toEqual([0, 4, 2]);
  });

  test.each(calls)('gives a y of its own in %s, which can be disposed', (_, call) => {
    call().dispose();
    expect(empty.isDisposed).toBe(false);
  });

  test.each(calls)('asks nothing of the backend in %s', (_, call) => {
    const normalize = vi.fn(genericBackend.normalize);
    registerBackend({ ...genericBackend, normalize });
    call();
    expect(normalize).not.toHaveBeenCalled();
  });
});

describe('a single value per statistic', () => {
  test('is normalized to beta by instanceNorm', () => {
    expectClose(instanceNorm(sample([2, 3]), { beta: tf.tensor1d([1, 2, 3]) }), [1, 2, 3, 1, 2, 3]);
  });

  test('is normalized to its sign by rmsNorm', () => {
    expectClose(rmsNorm(tf.tensor2d([[5], [-3]]), { normalizedShape: 1, epsilon: 1e-9 }), [1, -1]);
  });
});
