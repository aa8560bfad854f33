/** InstanceNorm with running statistics, as PyTorch has it with track_running_stats=True. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { InstanceNorm, registerBackend, torchInstanceNorm } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

const x = tf.tensor4d(
  Array.from({ length: 24 }, (_, i) => i ** 2 / 10),
  [2, 2, 2, 3],
);
const torchLayer = () =>
  torchInstanceNorm({ numFeatures: 2, affine: true, trackRunningStats: true, momentum: 0.25 });

describe('torchInstanceNorm with running statistics', () => {
  // Numbers of PyTorch 1.13.1 in float64, of InstanceNorm2d(2, affine=True, track_running_stats=True, momentum=0.25).
  test('normalizes with the statistics of each sample in training', () => {
    const y = torchLayer().apply(x, { training: true });
    expectClose(
      tf.slice(tf.reshape(y, [-1]), 0, 4),
      [-1.03041867, -0.91800936, -0.58078143, -0.01873488],
      1e-5,
    );
  });

  test("moves the running statistics as PyTorch's", () => {
    const layer = torchLayer();
    layer.apply(x, { training: true });
    expectClose(layer.runningMean!, [2.77916667, 6.22916667], 1e-6);
    expectClose(layer.runningVariance!, [4.55741667, 9.38741667], 1e-6);
  });

  test('normalizes with them at inference', () => {
    const layer = torchLayer();
    layer.apply(x, { training: true });
    const y = tf.reshape(layer.apply(x, { training: false }), [-1]);
    expectClose(tf.slice(y, 0, 3), [-1.30183142, -1.25498891, -1.11446138], 1e-5);
    expectClose(tf.slice(y, 21, 3), [12.36037318, 13.76381747, 15.23253824], 1e-5);
  });

  test("has PyTorch's state dict, and takes it", () => {
    const layer = torchLayer();
    layer.apply(x, { training: true });
    const state = layer.stateDict();
    const keys = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];
    expect(Object.keys(state)).toEqual(keys);
    const other = torchLayer();
    other.loadStateDict(state);
    expect(other.runningMean!.arraySync()).toEqual(layer.runningMean!.arraySync());
  });

  test('is the same with channels last', () => {
    const options = { numFeatures: 2, trackRunningStats: true };
    const first = new InstanceNorm(options);
    const last = new InstanceNorm({ ...options, dataFormat: 'channelsLast' });
    first.apply(x, { training: true });
    last.apply(tf.transpose(x, [0, 2, 3, 1]), { training: true });
    expectClose(last.runningVariance!, first.runningVariance!);
  });

  test('leaves its result', () => {
    const layer = torchLayer();
    for (const training of [true, false]) {
      expect(tensorsAddedBy(() => layer.apply(x, { training }))).toBe(1);
    }
  });

  test('frees its weights', () => {
    expect(tensorsAddedBy(() => torchLayer().dispose())).toBe(0);
  });
});

describe('InstanceNorm', () => {
  test('has no running statistics by default, and needs not be told of training', () => {
    const layer = torchInstanceNorm({ numFeatures: 2 });
    expect(Object.keys(layer.stateDict())).toEqual([]);
    expectClose(layer.apply(x, { training: false }), layer.apply(x));
  });

  test('with running statistics refuses to guess whether it is in training', () => {
    expect(refusalOf(() => torchLayer().apply(x)).message).toBe(
      'InstanceNorm: apply(x, { training }) with running statistics needs training: true (normalize with the statistics of x) ' +
        'or false (with the running statistics), got undefined',
    );
  });

  test('with running statistics refuses a single value per sample and channel in training', () => {
    const attempt = () => torchLayer().apply(sample([4, 2, 1, 1]), { training: true });
    expect(refusalOf(attempt)).toMatchObject({
      code: 'BN_SHAPE',
      message:
        'InstanceNorm in training with running statistics needs more than one value per sample and channel, got x of shape [4, 2, 1, 1]',
    });
  });

  test('leaves the running statistics as they are for an empty batch', () => {
    const layer = torchLayer();
    layer.apply(tf.zeros([0, 2, 2, 3]), { training: true });
    expect(layer.runningMean!.arraySync()).toEqual([0, 0]);
  });

  test('refuses options that it does not know', () => {
    expect(refusalOf(() => torchLayer().apply(x, { train: true } as never)).message).toBe(
      "InstanceNorm.apply: unknown option 'train'; the options are training",
    );
    expect(refusalOf(() => torchInstanceNorm({ numFeatures: 2, momentum: 2 })).message).toContain(
      'torchInstanceNorm: momentum must be in [0, 1] (the weight the new value gets)',
    );
  });
});
