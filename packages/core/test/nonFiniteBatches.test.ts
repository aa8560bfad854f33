import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, type BatchNormOptions, recomputeRunningStats, registerBackend } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';

beforeAll(() => registerBackend(genericBackend));

const good = tf.tensor2d([0, 6, 2, 10, 2, 10, 4, 14], [4, 2]);
const withValue = (value: number) => tf.tensor2d([0, 6, 2, 10, 2, value, 4, 14], [4, 2]);
const mask = tf.tensor1d([1, 1, 1, 0.5]);

const layerOf = (options: Partial<BatchNormOptions>) =>
  new BatchNorm({ numFeatures: 2, skipNonFiniteBatches: true, ...options });

const statisticsOf = ({ runningMean, runningVariance }: BatchNorm) => [
  ...runningMean!.dataSync(),
  ...runningVariance!.dataSync(),
];

/** 1e30 squared is beyond float32. */
const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30];

describe.each([
  ['a batch', {}],
  ['a masked batch', { mask }],
])('%s with a value that is not finite', (_, given) => {
  test.each(bad)('leaves the running statistics as they are: %s', (value) => {
    const layer = layerOf({});
    layer.apply(good, { training: true, ...given });
    const before = statisticsOf(layer);
    layer.apply(withValue(value), { training: true, ...given });
    expect(statisticsOf(layer)).toEqual(before);
    expect(layer.stateDict().num_batches_tracked!.dataSync()[0]).toBe(2);
    layer.apply(good, { training: true, ...given });
    expect(statisticsOf(layer)).not.toEqual(before);
    expect(statisticsOf(layer).every(Number.isFinite)).toBe(true);
  });

  test('enters them unless the layer is told to leave it out', () => {
    const layer = layerOf({ skipNonFiniteBatches: false });
    layer.apply(withValue(Number.NaN), { training: true, ...given });
    layer.apply(good, { training: true, ...given });
    expect(statisticsOf(layer).map(Number.isNaN)).toEqual([false, true, false, true]);
  });

  test('leaves no tensors', () => {
    const layer = layerOf({});
    const x = withValue(Number.NaN);
    layer.apply(x, { training: true, ...given }).dispose();
    const before = tf.memory().numTensors;
    layer.apply(x, { training: true, ...given }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('finite batches move the statistics as without the option', () => {
  const [skipping, plain] = [
    layerOf({ momentum: null }),
    layerOf({ momentum: null, skipNonFiniteBatches: false }),
  ];
  for (const layer of [skipping, plain]) layer.apply(good, { training: true });
  expect(statisticsOf(skipping)).toEqual(statisticsOf(plain));
});

describe('recomputed statistics', () => {
  test('leave out a batch that is not finite', async () => {
    const [layer, other] = [layerOf({}), layerOf({})];
    await recomputeRunningStats([layer], [good, withValue(Number.NaN)]);
    await recomputeRunningStats([other], [good]);
    expect(statisticsOf(layer)).toEqual(statisticsOf(other));
  });

  test('are refused where no batch is finite', async () => {
    const layer = layerOf({});
    await expect(recomputeRunningStats([layer], [withValue(Number.NaN)])).rejects.toThrow(/saw no values/);
    expect(statisticsOf(layer)).toEqual([0, 0, 1, 1]);
  });
});

test.each([1, 'yes', null])('skipNonFiniteBatches: %j is refused', (value) => {
  expect(() => layerOf({ skipNonFiniteBatches: value as unknown as boolean })).toThrow(
    /BatchNorm: skipNonFiniteBatches must be/,
  );
});
