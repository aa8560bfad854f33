import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, type BatchNormOptions, registerBackend } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { expectClose, sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

/** Two channels; means 2 and 10, biased variances 2 and 8, unbiased 8/3 and 32/3 (of 4 values). */
const firstBatch = tf.tensor2d([
  [0, 6],
  [2, 10],
  [2, 10],
  [4, 14],
]);
/** Means 4 and 0, biased variances 4 and 0, unbiased 16/3 and 0. */
const secondBatch = tf.tensor2d([
  [2, 0],
  [2, 0],
  [6, 0],
  [6, 0],
]);

function trained(options: Partial<BatchNormOptions>, ...batches: tf.Tensor[]): BatchNorm {
  const layer = new BatchNorm({ numFeatures: 2, ...options });
  for (const batch of batches) layer.apply(batch, { training: true });
  return layer;
}

describe('running statistics', () => {
  test('start at mean 0 and variance 1', () => {
    const { runningMean, runningVariance } = trained({});
    expect([...runningMean!.dataSync(), ...runningVariance!.dataSync()]).toEqual([0, 0, 1, 1]);
  });

  test('keep 0.9 of the old mean by default', () => {
    expectClose(trained({}, firstBatch).runningMean!, [0.2, 1]);
  });

  test('keep 0.9 of the old variance and take the unbiased one by default', () => {
    expectClose(trained({}, firstBatch).runningVariance!, [0.9 + 0.8 / 3, 0.9 + 3.2 / 3]);
  });

  test('take the biased variance where they are told to', () => {
    expectClose(trained({ varianceEstimate: 'biased' }, firstBatch).runningVariance!, [1.1, 1.7]);
  });

  test('move on from step to step', () => {
    expectClose(trained({ momentum: 0.5 }, firstBatch, secondBatch).runningMean!, [2.5, 2.5]);
  });

  test('stay as they are with momentum 1', () => {
    const { runningMean, runningVariance } = trained({ momentum: 1 }, firstBatch, secondBatch);
    expect([...runningMean!.dataSync(), ...runningVariance!.dataSync()]).toEqual([0, 0, 1, 1]);
  });

  test('are those of the last batch with momentum 0', () => {
    const options = { momentum: 0, varianceEstimate: 'biased' as const };
    const { runningMean, runningVariance } = trained(options, firstBatch, secondBatch);
    expectClose(tf.concat([runningMean!, runningVariance!]), [4, 0, 4, 0]);
  });

  test('are the average over all batches with momentum null', () => {
    const options = { momentum: null, varianceEstimate: 'biased' as const };
    const { runningMean, runningVariance } = trained(options, firstBatch, secondBatch, firstBatch);
    expectClose(tf.concat([runningMean!, runningVariance!]), [8 / 3, 20 / 3, 8 / 3, 16 / 3]);
  });

  test('go on averaging where a loaded state left off with momentum null', () => {
    const resumed = trained({ momentum: null });
    resumed.loadStateDict(trained({ momentum: null }, firstBatch, firstBatch).stateDict());
    resumed.apply(secondBatch, { training: true });
    expectClose(resumed.runningMean!, [8 / 3, 20 / 3]);
  });

  test('correct the variance by the values per channel, not by the batch size', () => {
    const image = tf.tensor4d([1, 3, 1, 3], [2, 1, 2, 1]);
    const layer = new BatchNorm({ numFeatures: 1, momentum: 0 });
    layer.apply(image, { training: true });
    expectClose(layer.runningVariance!, [4 / 3]);
  });

  test.each([
    ['channelsFirst', [3, 2, 5]],
    ['channelsLast', [3, 5, 2]],
  ] as const)('are per channel of %s x', (dataFormat, shape) => {
    const x = sample(shape);
    const layer = trained({ momentum: 0, dataFormat }, x);
    const axes = dataFormat === 'channelsFirst' ? [0, 2] : [0, 1];
    expectClose(layer.runningMean!, tf.mean(x, axes));
  });

  test('do not change at inference', () => {
    const layer = trained({}, firstBatch);
    const before = layer.runningMean!.dataSync().slice();
    layer.apply(secondBatch, { training: false });
    expect(layer.runningMean!.dataSync()).toEqual(before);
  });

  test('are not trainable', () => {
    const { runningMean, runningVariance } = trained({});
    expect([runningMean!.trainable, runningVariance!.trainable]).toEqual([false, false]);
  });

  test('keep what is not a number in its channel', () => {
    const layer = trained({}, tf.tensor2d([1, Number.NaN, 3, 4], [2, 2]));
    const [finite, bad] = layer.runningMean!.dataSync();
    expect([Number.isFinite(finite), Number.isNaN(bad)]).toEqual([true, true]);
  });
});

describe('apply', () => {
  test("normalizes with the batch's statistics in training", () => {
    const y = trained({ epsilon: 1e-9 }).apply(firstBatch, { training: true });
    expectClose(
      y,
      [-2, -4, 0, 0, 0, 0, 2, 4].map((value, i) => value / Math.sqrt(i % 2 ? 8 : 2)),
    );
  });

  test('normalizes with the running statistics at inference', () => {
    const layer = trained({ momentum: 0, epsilon: 1e-9, varianceEstimate: 'biased' }, firstBatch);
    const y = layer.apply(tf.tensor2d([[4, 2]]), { training: false });
    expectClose(y, [2 / Math.sqrt(2), -8 / Math.sqrt(8)]);
  });

  test('adds its epsilon to the running variance at inference', () => {
    const y = trained({ epsilon: 3 }).apply(tf.tensor2d([[4, 2]]), { training: false });
    expectClose(y, [2, 1]);
  });

  test('applies gamma and beta', () => {
    const layer = trained({ epsilon: 1e-9 });
    layer.gamma!.assign(tf.tensor1d([2, 3]));
    layer.beta!.assign(tf.tensor1d([5, 7]));
    expectClose(layer.apply(tf.tensor2d([[1, 1]]), { training: false }), [7, 10]);
  });

  test('accepts an empty batch at inference', () => {
    expect(trained({}).apply(tf.zeros([0, 2]), { training: false }).shape).toEqual([0, 2]);
  });
});

describe('a layer without running statistics', () => {
  const untracked = { trackRunningStats: false };

  test('has none', () => {
    const { runningMean, runningVariance } = trained(untracked);
    expect([runningMean, runningVariance]).toEqual([undefined, undefined]);
  });

  test("normalizes with the batch's statistics at inference too", () => {
    const layer = trained(untracked, secondBatch);
    const training = layer.apply(firstBatch, { training: true }).dataSync();
    expectClose(layer.apply(firstBatch, { training: false }), training);
  });
});
