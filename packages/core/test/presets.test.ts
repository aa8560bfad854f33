import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type BatchNorm,
  d2lBatchNorm,
  kerasBatchNorm,
  OptionError,
  registerBackend,
  torchBatchNorm,
  torchRMSNorm,
} from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';
import { expectClose } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

/** Mean 3, biased variance 4, unbiased variance 8. */
const batch = tf.tensor2d([[1], [5]]);

/** Running mean and variance after one batch. */
function afterOneBatch(layer: BatchNorm): tf.Tensor {
  layer.apply(batch, { training: true });
  return tf.concat([layer.runningMean!, layer.runningVariance!]);
}

/** What x = 1 is normalized to by a new layer's mean 0 and variance 1: 1 / sqrt(1 + epsilon). */
const ofOne = (layer: BatchNorm) => layer.apply(tf.ones([1, 1]), { training: false });

describe('torchBatchNorm', () => {
  test('gives the new value 0.1, with the unbiased variance', () => {
    expectClose(afterOneBatch(torchBatchNorm({ numFeatures: 1 })), [0.3, 0.9 + 0.8]);
  });

  test("takes PyTorch's momentum, the weight of the new value", () => {
    expectClose(afterOneBatch(torchBatchNorm({ numFeatures: 1, momentum: 0.25 })), [0.75, 0.75 + 2]);
  });

  test('averages over all batches with momentum null', () => {
    const layer = torchBatchNorm({ numFeatures: 1, momentum: null });
    layer.apply(tf.zeros([2, 1]), { training: true });
    expectClose(afterOneBatch(layer), [1.5, 4]);
  });

  test('takes 1e-5 for epsilon', () => {
    expectClose(ofOne(torchBatchNorm({ numFeatures: 1 })), [1 / Math.sqrt(1 + 1e-5)], 1e-7);
  });

  test('has channels first', () => {
    const y = torchBatchNorm({ numFeatures: 3 }).apply(tf.zeros([2, 3, 5]), { training: true });
    expect(y.shape).toEqual([2, 3, 5]);
  });
});

describe('kerasBatchNorm', () => {
  test('keeps 0.99 of the old value, with the biased variance', () => {
    expectClose(afterOneBatch(kerasBatchNorm({ numFeatures: 1 })), [0.03, 0.99 + 0.04]);
  });

  test("takes Keras's momentum, the weight of the old value", () => {
    expectClose(afterOneBatch(kerasBatchNorm({ numFeatures: 1, momentum: 0.75 })), [0.75, 0.75 + 1]);
  });

  test('takes 1e-3 for epsilon', () => {
    expectClose(ofOne(kerasBatchNorm({ numFeatures: 1 })), [1 / Math.sqrt(1 + 1e-3)], 1e-7);
  });

  test('has channels last', () => {
    const y = kerasBatchNorm({ numFeatures: 3 }).apply(tf.zeros([2, 5, 3]), { training: true });
    expect(y.shape).toEqual([2, 5, 3]);
  });

  test('has its own defaults where options are undefined', () => {
    const layer = kerasBatchNorm({ numFeatures: 1, epsilon: undefined, momentum: undefined });
    expectClose(
      tf.concat([ofOne(layer).flatten(), afterOneBatch(layer)]),
      [1 / Math.sqrt(1.001), 0.03, 1.03],
      1e-6,
    );
  });

  test('lets its defaults be changed', () => {
    const layer = kerasBatchNorm({ numFeatures: 1, epsilon: 3, dataFormat: 'channelsFirst' });
    expectClose(layer.apply(tf.ones([1, 1, 2]), { training: false }), [0.5, 0.5]);
  });
});

describe('torchRMSNorm', () => {
  test('takes the epsilon of float32', () => {
    const x = tf.tensor2d([[1e-4, 1e-4]]);
    const y = torchRMSNorm({ normalizedShape: 2 }).apply(x);
    const expected = 1e-4 / Math.sqrt(1e-8 + 1.1920928955078125e-7);
    expectClose(y, [expected, expected], 1e-6);
  });

  test('lets it be changed', () => {
    expectClose(torchRMSNorm({ normalizedShape: 1, epsilon: 3 }).apply(tf.ones([1, 1])), [0.5], 1e-6);
  });

  test('refuses what there is no option for', () => {
    expect(() => torchRMSNorm({ normalizedShape: 1, bias: true } as never)).toThrow(
      'torchRMSNorm: unknown option',
    );
  });
});

describe('d2lBatchNorm', () => {
  test('keeps 0.9 of the old value, with the biased variance', () => {
    expectClose(afterOneBatch(d2lBatchNorm({ numFeatures: 1, numDims: 2 })), [0.3, 0.9 + 0.4]);
  });

  test('takes 1e-5 for epsilon', () => {
    expectClose(ofOne(d2lBatchNorm({ numFeatures: 1, numDims: 2 })), [1 / Math.sqrt(1 + 1e-5)], 1e-7);
  });

  test.each([
    [2, [5, 3]],
    [4, [5, 3, 2, 2]],
  ] as const)('with numDims %i accepts x of shape %j', (numDims, shape) => {
    const layer = d2lBatchNorm({ numFeatures: 3, numDims });
    expect(layer.apply(tf.zeros([...shape]), { training: true }).shape).toEqual(shape);
  });

  test.each([
    [2, [5, 3, 2, 2]],
    [2, [5, 3, 2]],
    [4, [5, 3]],
    [4, [5, 3, 2]],
  ] as const)('with numDims %i refuses x of shape %j', (numDims, shape) => {
    const layer = d2lBatchNorm({ numFeatures: 3, numDims });
    expect(refusalOf(() => layer.apply(tf.zeros([...shape]), { training: true })).message).toBe(
      `BatchNorm: x must have rank ${numDims}, got rank ${shape.length}, shape [${shape.join(', ')}]`,
    );
  });

  test.each([3, '4', undefined])('refuses numDims %j', (numDims) => {
    expect(refusalOf(() => d2lBatchNorm({ numFeatures: 3, numDims: numDims as 2 })).message).toBe(
      `d2lBatchNorm: numDims must be 2 (features) or 4 (images), got ${numDims}`,
    );
  });
});

test.each([
  [
    'torchBatchNorm',
    'varianceEstimate',
    () => torchBatchNorm({ numFeatures: 1, ...{ varianceEstimate: 'biased' } }),
  ],
  [
    'kerasBatchNorm',
    'varianceEstimate',
    () => kerasBatchNorm({ numFeatures: 1, ...{ varianceEstimate: 'biased' } }),
  ],
  ['d2lBatchNorm', 'rank', () => d2lBatchNorm({ numFeatures: 1, numDims: 2, ...{ rank: 4 } })],
])('%s refuses %s, which it decides itself', (name, option, make) => {
  const error = refusalOf(make);
  expect([error instanceof OptionError, error.message.split(';')[0]]).toEqual([
    true,
    `${name}: unknown option '${option}'`,
  ]);
});
