/** What a reducer changes in one process; that shards compute what the whole batch does is tested by @bn/conformance. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { groupBatchNorm } from '../src/group/index.js';
import {
  BatchNorm,
  type BatchNormOptions,
  batchNorm,
  recomputeRunningStats,
  registerBackend,
} from '../src/index.js';
import { addTfjsBackend, genericBackend } from './support/genericBackend.js';
import { groupOfOthers, mirrored, silent } from './support/reducers.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

const x = sample([4, 3, 2]);
const twice = tf.concat([x, x]);
const mask = tf.tensor1d([1, 0, 0.5, 2]);
const bits = (tensor: tf.Tensor) => [...tensor.dataSync()];
const layerOf = (options: Partial<BatchNormOptions>) => new BatchNorm({ numFeatures: 3, ...options });

describe('a group of one', () => {
  test('computes as without a reducer, and never communicates', () => {
    const reducer = { ...silent, size: 1 };
    const [alone, plain] = [batchNorm(x, { reducer }), batchNorm(x)];
    expect(bits(alone.y)).toEqual(bits(plain.y));
    expect(bits(alone.variance)).toEqual(bits(plain.variance));
    expect(() => layerOf({ reducer }).apply(x, { training: true })).not.toThrow();
  });
});

describe('a group', () => {
  test('makes one call forward and one backward for all channels', () => {
    const reducer = mirrored(3);
    const layer = layerOf({ reducer });
    const { value } = tf.variableGrads(
      () => tf.sum(tf.square(layer.apply(x, { training: true }))) as tf.Scalar,
    );
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
    expect(reducer.calls).toEqual(['allGather', 'allReduceSum']);
  });

  test('reads once forward and once backward from a backend whose memory may be elsewhere', async () => {
    addTfjsBackend('elsewhere');
    registerBackend({ ...genericBackend, name: 'elsewhere' });
    const gradient = () =>
      bits(tf.grad((x) => tf.sum(tf.pow(batchNorm(x, { reducer: mirrored(2) }).y, 3)))(x));
    const expected = gradient();
    await tf.setBackend('elsewhere');
    try {
      gradient();
      const reads = vi.spyOn(tf.backend(), 'readSync');
      expect(gradient()).toEqual(expected);
      // Backward, the sums; forward, the moments; and the gradient, by this test.
      expect(reads).toHaveBeenCalledTimes(3);
      reads.mockRestore();
    } finally {
      await tf.setBackend('cpu');
    }
  });

  test('makes one call more for gradients that reach mean and variance', () => {
    const reducer = mirrored(2);
    tf.grad((x) => {
      const { y, mean, variance } = batchNorm(x, { reducer });
      return tf.addN([tf.sum(tf.square(y)), tf.sum(mean), tf.sum(variance)]);
    })(x);
    expect(reducer.calls).toEqual(['allGather', 'allReduceSum', 'allReduceSum']);
  });

  test('normalizes and differentiates as the whole batch', () => {
    const loss = (options: object) => (x: tf.Tensor) => tf.sum(tf.pow(batchNorm(x, options).y, 3));
    for (const [own, whole] of [
      [{}, {}],
      [{ mask }, { mask: tf.concat([mask, mask]) }],
    ]) {
      const reducer = mirrored(2);
      expectClose(batchNorm(x, { ...own, reducer }).y, tf.slice(batchNorm(twice, whole).y, 0, 4));
      const dx = tf.grad(loss({ ...own, reducer }))(x);
      expectClose(dx, tf.slice(tf.grad(loss(whole!))(twice), 0, 4));
    }
  });

  test('leaves dGamma and dBeta as this member has them', () => {
    const gamma = sample([3], 2);
    const gradients = (reducer?: ReturnType<typeof mirrored>) =>
      tf.grads((x, gamma, beta) => tf.sum(tf.pow(batchNorm(x, { gamma, beta, reducer }).y, 3)))([
        x,
        gamma,
        tf.zeros([3]),
      ]);
    // Of a mirrored group the statistics are those of each member.
    const [dx, dGamma, dBeta] = gradients(mirrored(2));
    const [wanted, wantedGamma, wantedBeta] = gradients();
    expectClose(dx!, wanted!);
    expectClose(dGamma!, wantedGamma!);
    expectClose(dBeta!, wantedBeta!);
  });

  test('does not communicate in inference, with running statistics or without', () => {
    for (const trackRunningStats of [true, false]) {
      const layer = layerOf({ reducer: silent, trackRunningStats });
      expect(() => layer.apply(x, { training: false })).not.toThrow();
    }
  });

  test('gives statistics to the caller of groupBatchNorm, whose they are after the gradients, too', () => {
    const kept: tf.Tensor[] = [];
    tf.grad((x) => {
      const { y, mean, variance } = groupBatchNorm(x, { reducer: mirrored(2) });
      kept.push(tf.keep(mean), tf.keep(variance));
      return tf.sum(tf.square(y));
    })(x);
    const { mean, variance } = batchNorm(twice);
    expectClose(kept[0]!, mean);
    expectClose(kept[1]!, variance);
    tf.dispose(kept);
  });

  test('leaves its results, and nothing while it trains', () => {
    const layer = layerOf({ reducer: mirrored(2) });
    const optimizer = tf.train.sgd(0.1);
    const step = () =>
      optimizer.minimize(() => tf.mean(layer.apply(x, { training: true, mask })) as tf.Scalar);
    step();
    expect(tensorsAddedBy(step)).toBe(0);
    expect(tensorsAddedBy(() => batchNorm(x, { reducer: mirrored(2) }))).toBe(3);
    layer.dispose();
  });
});

describe('the running statistics of a group', () => {
  /** After one step with momentum 0: the statistics of the step. */
  function afterOneStep(options: Partial<BatchNormOptions>, x: tf.Tensor, mask?: tf.Tensor) {
    const layer = layerOf({ momentum: 0, ...options });
    layer.apply(x, { training: true, mask });
    return layer;
  }

  test.each(['biased', 'unbiased'] as const)('are those of the whole batch, %s', (varianceEstimate) => {
    const ofGroup = afterOneStep({ varianceEstimate, reducer: mirrored(2) }, x);
    const ofWhole = afterOneStep({ varianceEstimate }, twice);
    expectClose(ofGroup.runningMean!, ofWhole.runningMean!);
    expectClose(ofGroup.runningVariance!, ofWhole.runningVariance!);
  });

  test('are corrected by the weights of the whole batch', () => {
    const ofGroup = afterOneStep({ reducer: mirrored(2) }, x, mask);
    const ofWhole = afterOneStep({}, twice, tf.concat([mask, mask]));
    expectClose(ofGroup.runningMean!, ofWhole.runningMean!);
    expectClose(ofGroup.runningVariance!, ofWhole.runningVariance!);
  });

  test('move by what the others hold where this member holds nothing', () => {
    // A member with 4 values of mean 5 and variance 2 in each channel.
    const other = (own: Float64Array) => own.map((_, i) => (i < 4 ? 4 : i < 7 ? 5 : 2));
    const layer = layerOf({ momentum: 0, varianceEstimate: 'biased', reducer: groupOfOthers(other) });
    const y = layer.apply(tf.zeros([0, 3, 2]), { training: true });
    expect(y.shape).toEqual([0, 3, 2]);
    expect(bits(layer.runningMean!)).toEqual([5, 5, 5]);
    expect(bits(layer.runningVariance!)).toEqual([2, 2, 2]);
  });

  test('stay as they are where no member has weight', () => {
    const layer = afterOneStep({ reducer: mirrored(2) }, x, tf.zeros([4]));
    expect(bits(layer.runningMean!)).toEqual([0, 0, 0]);
    expect(bits(layer.runningVariance!)).toEqual([1, 1, 1]);
  });

  test('take a member with a mask beside one without', () => {
    // 8 values of weight 1 and moments 0, beside the mask's.
    const other = (own: Float64Array) => own.map((_, i) => (i < 4 ? 8 : 0));
    const layer = layerOf({ momentum: 0, varianceEstimate: 'biased', reducer: groupOfOthers(other) });
    layer.apply(x, { training: true, mask });
    const weights = tf.concat([mask, tf.ones([4])]);
    const expected = afterOneStep(
      { varianceEstimate: 'biased' },
      tf.concat([x, tf.zeros([4, 3, 2])]),
      weights,
    );
    expectClose(layer.runningMean!, expected.runningMean!);
    expectClose(layer.runningVariance!, expected.runningVariance!);
  });

  test('are recomputed over all members', async () => {
    const batches = [sample([4, 3], 5), sample([2, 3], 6)];
    const ofGroup = layerOf({ reducer: mirrored(2) });
    const ofWhole = layerOf({});
    await recomputeRunningStats([ofGroup], batches);
    await recomputeRunningStats(
      [ofWhole],
      batches.map((batch) => tf.concat([batch, batch])),
    );
    expectClose(ofGroup.runningMean!, ofWhole.runningMean!);
    expectClose(ofGroup.runningVariance!, ofWhole.runningVariance!);
  });
});
