import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, type FoldOptions, foldBatchNorm, registerBackend } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

/** A layer of 6 features with all of its state drawn. */
function trained(affine = true): BatchNorm {
  const layer = new BatchNorm({ numFeatures: 6, affine, epsilon: 0.1, dataFormat: 'channelsLast' });
  layer.gamma?.assign(sample([6], 2) as tf.Tensor1D);
  layer.beta?.assign(sample([6], 3) as tf.Tensor1D);
  layer.runningMean!.assign(sample([6], 4) as tf.Tensor1D);
  layer.runningVariance!.assign(tf.abs(sample([6], 5)) as tf.Tensor1D);
  return layer;
}

interface FoldCase {
  title: string;
  filter: number[];
  x: number[];
  options: FoldOptions;
  layer: (x: tf.Tensor, filter: tf.Tensor) => tf.Tensor;
}

const folds: FoldCase[] = [
  {
    title: 'a dense layer',
    filter: [3, 6],
    x: [5, 3],
    options: {},
    layer: (x, filter) => tf.matMul(x as tf.Tensor2D, filter as tf.Tensor2D),
  },
  {
    title: 'a convolution over sequences',
    filter: [2, 3, 6],
    x: [2, 5, 3],
    options: {},
    layer: (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 1, 'same'),
  },
  {
    title: 'a convolution over images',
    filter: [2, 3, 3, 6],
    x: [2, 4, 5, 3],
    options: {},
    layer: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
  },
  {
    title: 'a convolution over volumes',
    filter: [1, 2, 2, 3, 6],
    x: [2, 2, 3, 4, 3],
    options: { convolution: 'standard' },
    layer: (x, filter) => tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, 1, 'valid'),
  },
  {
    title: 'a depthwise convolution, known by its shape',
    filter: [2, 2, 3, 2],
    x: [2, 4, 5, 3],
    options: {},
    layer: (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
  },
  {
    title: 'a depthwise convolution with multiplier 1',
    filter: [2, 2, 6, 1],
    x: [2, 4, 5, 6],
    options: { convolution: 'depthwise' },
    layer: (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
  },
  {
    title: 'a depthwise convolution of one channel',
    filter: [2, 2, 1, 6],
    x: [2, 4, 5, 1],
    options: {},
    layer: (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
  },
  {
    title: 'a transposed convolution',
    filter: [2, 2, 6, 3],
    x: [2, 4, 5, 3],
    options: { convolution: 'transposed' },
    layer: (x, filter) =>
      tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 8, 10, 6], 2, 'same'),
  },
];

describe.each(folds)('$title', ({ filter: filterShape, x: xShape, options, layer }) => {
  const filter = sample(filterShape, 7);
  const bias = sample([6], 8);
  const x = sample(xShape);

  describe.each([true, false])('before a BatchNorm with affine: %s', (affine) => {
    test.each([
      ['a bias', bias],
      ['null for a bias', null],
      ['no bias', undefined],
    ])('computes with it folded in, and %s, what the two compute', (_, offset) => {
      const bn = trained(affine);
      const before = layer(x, filter);
      const expected = bn.apply(offset ? tf.add(before, offset) : before, { training: false });
      const folded = foldBatchNorm(filter, offset, bn, options);
      expectClose(tf.add(layer(x, folded.filter), folded.bias), expected);
    });
  });

  test('gets a filter of its own shape and a bias of one value per channel', () => {
    const folded = foldBatchNorm(filter, undefined, trained(), options);
    expect([folded.filter.shape, folded.bias.shape]).toEqual([filterShape, [6]]);
  });

  test('gets exactly two tensors', () => {
    const bn = trained();
    expect(tensorsAddedBy(() => foldBatchNorm(filter, bias, bn, options))).toBe(2);
  });
});

describe('foldBatchNorm', () => {
  const filter = sample([3, 6]);

  test('leaves filter and bias to the caller, also after its results are disposed', () => {
    const bias = sample([6]);
    tf.dispose(foldBatchNorm(filter, bias, trained()));
    expect([filter.isDisposed, bias.isDisposed]).toEqual([false, false]);
  });

  test('does not change with the layer afterwards', () => {
    const bn = trained();
    const folded = foldBatchNorm(filter, undefined, bn);
    const before = folded.bias.dataSync().slice();
    bn.dispose();
    expect(folded.bias.dataSync()).toEqual(before);
  });

  test('is differentiable in the filter', () => {
    const bn = trained();
    const x = sample([5, 3]) as tf.Tensor2D;
    const folded = (weights: tf.Tensor) => {
      const { filter: scaled, bias } = foldBatchNorm(weights as tf.Tensor2D, undefined, bn);
      return tf.sum(tf.square(tf.add(tf.matMul(x, scaled), bias)));
    };
    const apart = (weights: tf.Tensor) =>
      tf.sum(tf.square(bn.apply(tf.matMul(x, weights as tf.Tensor2D), { training: false })));
    expectClose(tf.grad(folded)(filter), tf.grad(apart)(filter), 1e-4);
  });
});

const wrongFilters: [shape: number[], options: FoldOptions, message: string][] = [
  [
    [3, 5],
    {},
    'filter must have as many output channels as bn has features, 6, got 5 (standard), shape [3, 5]',
  ],
  [
    [2, 2, 3, 4],
    {},
    'filter must have as many output channels as bn has features, 6, got 4 (standard), shape [2, 2, 3, 4]',
  ],
  [
    [2, 2, 3, 6],
    { convolution: 'depthwise' },
    'filter must have as many output channels as bn has features, 6, got 18 (depthwise), shape [2, 2, 3, 6]',
  ],
  [
    [2, 2, 3, 6],
    { convolution: 'transposed' },
    'filter must have as many output channels as bn has features, 6, got 3 (transposed), shape [2, 2, 3, 6]',
  ],
  [[6], {}, 'the filter of a standard convolution must have rank 2 or 3 or 4 or 5, got rank 1, shape [6]'],
  [
    [3, 2],
    { convolution: 'depthwise' },
    'the filter of a depthwise convolution must have rank 4, got rank 2, shape [3, 2]',
  ],
  [
    [2, 6, 3],
    { convolution: 'transposed' },
    'the filter of a transposed convolution must have rank 4 or 5, got rank 3, shape [2, 6, 3]',
  ],
];

describe('foldBatchNorm refuses', () => {
  const filter = tf.ones([3, 6]);

  test.each(wrongFilters)('a filter of shape %j with %o', (shape, options, message) => {
    expect(refusalOf(() => foldBatchNorm(tf.ones(shape), undefined, trained(), options))).toMatchObject({
      code: 'BN_SHAPE',
      message: `foldBatchNorm: ${message}`,
    });
  });

  test('a filter that is no float32 tensor', () => {
    expect(refusalOf(() => foldBatchNorm(tf.ones([3, 6], 'int32'), undefined, trained()))).toMatchObject({
      code: 'BN_DTYPE',
      message:
        "foldBatchNorm: filter must have dtype float32, got int32; convert it with tf.cast(x, 'float32')",
    });
  });

  test('a bias of a wrong shape', () => {
    expect(refusalOf(() => foldBatchNorm(filter, tf.ones([3]), trained()))).toMatchObject({
      code: 'BN_SHAPE',
      message: 'foldBatchNorm: bias must have shape [6], got [3]',
    });
  });

  test('a bias that is no tensor', () => {
    const call = () => foldBatchNorm(filter, [1] as unknown as tf.Tensor, trained());
    expect(refusalOf(call).message).toBe(
      'foldBatchNorm: bias must be a tf.Tensor of dtype float32, got object',
    );
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['object', { gamma: filter }],
  ])('%s in place of a BatchNorm', (got, bn) => {
    expect(refusalOf(() => foldBatchNorm(filter, null, bn as never))).toMatchObject({
      code: 'BN_OPTION',
      message: `foldBatchNorm: bn must be a BatchNorm, got ${got}`,
    });
  });

  test('a BatchNorm without running statistics', () => {
    const bn = new BatchNorm({ numFeatures: 6, trackRunningStats: false });
    expect(refusalOf(() => foldBatchNorm(filter, null, bn))).toMatchObject({
      code: 'BN_OPTION',
      message:
        'foldBatchNorm: bn must keep running statistics, got a BatchNorm with trackRunningStats: false',
    });
  });

  test('a BatchNorm that has been disposed', () => {
    const bn = trained();
    bn.dispose();
    expect(refusalOf(() => foldBatchNorm(filter, null, bn)).code).toBe('BN_DISPOSED');
  });

  test.each([
    ['a convolution that it does not know', { convolution: 'grouped' }, "convolution must be 'standard' or"],
    ['an option that it does not know', { depthwise: true }, "unknown option 'depthwise'; the options are"],
  ])('%s', (_, options, message) => {
    const error = refusalOf(() => foldBatchNorm(filter, null, trained(), options as FoldOptions));
    expect([error.code, error.message]).toEqual(['BN_OPTION', expect.stringContaining(message)]);
  });

  test('and leaves no tensors', () => {
    const bn = trained();
    const wrong = tf.ones([3]);
    expect(tensorsAddedBy(() => refusalOf(() => foldBatchNorm(filter, wrong, bn)))).toBe(0);
  });
});
