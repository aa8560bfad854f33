import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BatchNorm,
  batchNorm,
  DtypeError,
  layerNorm,
  moments,
  registerBackend,
  ShapeError,
} from '../src/index.js';
import { functions, layers, overChannels, overTrailingAxes } from './support/everyNormalization.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';

beforeAll(() => registerBackend(genericBackend));

type Call = [name: string, call: (x: tf.Tensor) => unknown];

/** Functions and layers that take x of shape [3, 4], by the name that their errors carry. */
const callsOf = (isWanted: typeof overChannels): Call[] => [
  ...functions.filter(isWanted).map(({ name, call }): Call => [name, (x) => call(x)]),
  ...layers.filter(isWanted).map(({ name, make }): Call => {
    const layer = make();
    return [name, (x) => layer.apply(x, { training: true })];
  }),
];
const channelCalls: Call[] = [...callsOf(overChannels), ['moments', (x) => moments(x)]];
const trailingCalls = callsOf(overTrailingAxes);

const otherDtypes: [string, () => tf.Tensor][] = [
  ['int32', () => tf.zeros([3, 4], 'int32')],
  ['bool', () => tf.zeros([3, 4], 'bool')],
  ['complex64', () => tf.complex(tf.zeros([3, 4]), tf.zeros([3, 4]))],
  ['string', () => tf.tensor([['a', 'b', 'c', 'd']])],
];

describe.each([...channelCalls, ...trailingCalls])('%s', (name, call) => {
  test.each(otherDtypes)('refuses x of dtype %s', (dtype, x) => {
    expect(refusalOf(() => call(x()))).toMatchObject({
      code: 'BN_DTYPE',
      message: `${name}: x must have dtype float32, got ${dtype}; convert it with tf.cast(x, 'float32')`,
    });
  });

  test('refuses x that has been disposed', () => {
    const x = tf.ones([3, 4]);
    x.dispose();
    expect(refusalOf(() => call(x))).toMatchObject({
      code: 'BN_DISPOSED',
      message: `${name}: x has been disposed`,
    });
  });

  test.each([
    ['a list', [[1, 2, 3, 4]], 'object'],
    ['a number', 1, 'number'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
  ])('refuses %s for x', (_, x, got) => {
    expect(refusalOf(() => call(x as unknown as tf.Tensor))).toMatchObject({
      code: 'BN_DTYPE',
      message: `${name}: x must be a tf.Tensor of dtype float32, got ${got}`,
    });
  });
});

describe.each(channelCalls)('%s', (name, call) => {
  test.each([0, 1, 6])('refuses x of rank %i', (rank) => {
    const shape = [3, 4, 1, 1, 1, 1].slice(0, rank);
    expect(refusalOf(() => call(tf.zeros(shape)))).toMatchObject({
      code: 'BN_SHAPE',
      message:
        `${name}: x must have rank 2 to 5 ([N, C], or [N, C, ...spatial]), got rank ${rank}, ` +
        `shape [${shape.join(', ')}]`,
    });
  });

  test('refuses x without channels', () => {
    const wanted = layers.some((layer) => layer.name === name)
      ? '4 channels on axis 1 (channelsFirst), got 0'
      : 'at least one channel, got';
    const message = `${name}: x must have ${wanted}`;
    expect(refusalOf(() => call(tf.zeros([3, 0]))).message).toContain(message);
  });
});

describe.each(
  layers
    .filter(overChannels)
    .flatMap(({ name, make }) => [
      [name, 'channelsFirst', [3, 5, 2, 4], 1, make] as const,
      [name, 'channelsLast', [3, 4, 2, 5], 3, make] as const,
    ]),
)('%s of 4 channels, %s', (name, dataFormat, shape, axis, make) => {
  test(`refuses 5 channels on axis ${axis}`, () => {
    const layer = make({ dataFormat });
    expect(refusalOf(() => layer.apply(tf.zeros([...shape]), { training: true }))).toMatchObject({
      code: 'BN_SHAPE',
      message:
        `${name}: x must have 4 channels on axis ${axis} (${dataFormat}), got 5, ` +
        `shape [${shape.join(', ')}]`,
    });
  });
});

describe.each(trailingCalls)('%s over a trailing axis of size 4', (name, call) => {
  test.each([[[]], [[3]], [[4, 3]]])('refuses x of shape %j', (shape) => {
    expect(refusalOf(() => call(tf.zeros(shape)))).toMatchObject({
      code: 'BN_SHAPE',
      message:
        `${name}: the trailing sizes of x must equal normalizedShape [4], ` +
        `got x of shape [${shape.join(', ')}]`,
    });
  });
});

test('layerNorm over two axes refuses x that agrees in the last one only', () => {
  const error = refusalOf(() => layerNorm(tf.zeros([2, 5, 4]), { normalizedShape: [3, 4] }));
  expect(error.message).toContain('must equal normalizedShape [3, 4], got x of shape [2, 5, 4]');
});

test('moments refuses an empty x', () => {
  const error = refusalOf(() => moments(tf.zeros([0, 4])));
  expect(error.message).toBe('moments: x must not be empty, got shape [0, 4]');
});

describe('a single value per channel in training', () => {
  const wanted = 'BatchNorm in training needs more than one value per channel, got x of shape';

  test.each([[[1, 120]], [[0, 120]], [[1, 120, 1, 1]], [[2, 120, 0, 3]]])(
    'is refused by the layer for x of shape %j',
    (shape) => {
      const layer = new BatchNorm({ numFeatures: 120 });
      const error = refusalOf(() => layer.apply(tf.zeros(shape), { training: true }));
      expect(error.message).toBe(`${wanted} [${shape.join(', ')}]`);
    },
  );

  test('is refused by the function', () => {
    expect(refusalOf(() => batchNorm(tf.zeros([1, 120]))).message).toBe(`${wanted} [1, 120]`);
  });

  test('is a ShapeError', () => {
    expect(refusalOf(() => batchNorm(tf.zeros([1, 120])))).toBeInstanceOf(ShapeError);
  });

  test('is also refused at inference where no running statistics are tracked', () => {
    const layer = new BatchNorm({ numFeatures: 120, trackRunningStats: false });
    const error = refusalOf(() => layer.apply(tf.zeros([1, 120]), { training: false }));
    expect(error.code).toBe('BN_SHAPE');
  });

  test('is accepted at inference', () => {
    const layer = new BatchNorm({ numFeatures: 120 });
    expect(layer.apply(tf.zeros([1, 120]), { training: false }).shape).toEqual([1, 120]);
  });
});

test('a refused dtype is a DtypeError', () => {
  expect(refusalOf(() => batchNorm(tf.zeros([3, 4], 'int32')))).toBeInstanceOf(DtypeError);
});
