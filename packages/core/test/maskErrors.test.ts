import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, batchNorm, registerBackend } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';

beforeAll(() => registerBackend(genericBackend));

const x = tf.zeros([3, 4, 5, 6]);
type Call = (mask: tf.Tensor) => unknown;

const calls: [string, Call][] = [
  ['batchNorm', (mask) => batchNorm(x, { mask })],
  ['BatchNorm', (mask) => new BatchNorm({ numFeatures: 4 }).apply(x, { training: true, mask })],
  ['BatchNorm', (mask) => new BatchNorm({ numFeatures: 4 }).apply(x, { training: false, mask })],
];

describe.each(calls)('%s', (name, call) => {
  test.each([[[]], [[4]], [[1]], [[3, 6]], [[3, 4, 5, 6, 1]], [[3, 1, 6]]])(
    'refuses a mask of shape %j',
    (shape) => {
      expect(refusalOf(() => call(tf.ones(shape)))).toMatchObject({
        code: 'BN_SHAPE',
        message:
          `${name}: mask must have shape [3] or [3, 5] or [3, 5, 6] (x without its channels, or the leading part of ` +
          `that) or [3, 4, 5, 6] (x), got [${shape.join(', ')}]`,
      });
    },
  );

  test('refuses a mask of whole numbers', () => {
    expect(refusalOf(() => call(tf.ones([3], 'int32')))).toMatchObject({
      code: 'BN_DTYPE',
      message: `${name}: mask must have dtype bool or float32, got int32`,
    });
  });

  test('refuses a mask that has been disposed', () => {
    const mask = tf.ones([3]);
    mask.dispose();
    expect(refusalOf(() => call(mask)).code).toBe('BN_DISPOSED');
  });

  test.each([
    ['a list', [1, 1, 1], 'object'],
    ['null', null, 'null'],
  ])('refuses %s in place of a mask', (_, mask, got) => {
    expect(refusalOf(() => call(mask as unknown as tf.Tensor))).toMatchObject({
      code: 'BN_DTYPE',
      message: `${name}: mask must be a tf.Tensor of dtype bool or float32, got ${got}`,
    });
  });
});

test('a mask of channels-last x has the shape that stands before the channels', () => {
  const call = () => batchNorm(x, { mask: tf.ones([3, 5, 6]), dataFormat: 'channelsLast' });
  expect(refusalOf(call).message).toContain('mask must have shape [3] or [3, 4] or [3, 4, 5] (x without');
});

test('a mask does not make one value per channel enough', () => {
  const call = () => batchNorm(tf.zeros([1, 4]), { mask: tf.ones([1]) });
  expect(refusalOf(call).message).toBe(
    'BatchNorm in training needs more than one value per channel, got x of shape [1, 4]',
  );
});

test('a refused mask changes nothing in a layer', () => {
  const layer = new BatchNorm({ numFeatures: 4 });
  refusalOf(() => layer.apply(x, { training: true, mask: tf.ones([7]) }));
  expect(layer.stateDict().num_batches_tracked!.dataSync()[0]).toBe(0);
});

test('a mask gets no gradient', () => {
  const call = () => tf.grad((mask) => tf.sum(batchNorm(x, { mask }).y))(tf.ones([3]));
  expect(call).toThrow('Cannot compute gradient');
});
