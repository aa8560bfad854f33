/** The kernels by themselves, on numbers that can be checked by hand. */
import { type NormalizationView, registeredBackends } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpuReferenceBackend as kernels } from '../src/index.js';
import { reciprocalDeviations, statisticIndex } from '../src/layout.js';

const view = (changes: Partial<NormalizationView>): NormalizationView => ({
  batch: 1,
  outer: 1,
  channels: 1,
  inner: 1,
  groups: 1,
  acrossBatch: false,
  centered: true,
  ...changes,
});
const values = ({ dataId }: tf.TensorInfo) => Array.from(tf.backend().readSync(dataId) as Float32Array);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('importing the package', () => {
  it("registers kernels for tfjs's cpu backend", () => {
    expect(registeredBackends()).toContain('cpu');
    expect(kernels.name).toBe('cpu');
  });
});

describe('the index of a statistic', () => {
  it('is the channel across the batch', () => {
    const { groupOf, perSample } = statisticIndex(
      view({ batch: 2, channels: 3, groups: 3, acrossBatch: true }),
    );
    expect([...groupOf]).toEqual([0, 1, 2]);
    expect(perSample).toBe(0);
  });

  it('is the group of the channel within its sample', () => {
    const { groupOf, perSample } = statisticIndex(view({ batch: 2, channels: 6, groups: 2 }));
    expect([...groupOf]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(perSample).toBe(2);
  });
});

describe('rstd', () => {
  it('is 1 / sqrt(variance + epsilon) in float64', () => {
    expect([...reciprocalDeviations(Float32Array.of(0, 3), 1)]).toEqual([1, 0.5]);
    expect(reciprocalDeviations(Float32Array.of(0), 1e-5)[0]).toBe(1 / Math.sqrt(1e-5));
  });
});

describe('moments', () => {
  it('sums in float64: in float32 a 1 is lost beside 1e8', () => {
    const x = tf.tensor1d([1e8, 1, -1e8, 1]);
    const { mean } = kernels.moments(x, view({ channels: 4 }));
    expect(values(mean)).toEqual([0.5]);
  });

  it('gives the biased variance of each channel across the batch', () => {
    const x = tf.tensor3d([1, 3, 10, 10, 5, 7, 10, 30], [2, 2, 2]);
    const { mean, variance } = kernels.moments(
      x,
      view({ batch: 2, channels: 2, inner: 2, groups: 2, acrossBatch: true }),
    );
    expect(mean.shape).toEqual([2]);
    expect(values(mean)).toEqual([4, 15]);
    expect(values(variance)).toEqual([5, 75]);
  });

  it('gives the mean square where the view is not centered', () => {
    const { mean, variance } = kernels.moments(
      tf.tensor1d([3, 4, 0, 0]),
      view({ channels: 4, centered: false }),
    );
    expect(values(mean)).toEqual([0]);
    expect(values(variance)).toEqual([6.25]);
  });
});

describe('normalize', () => {
  it('takes gamma and beta of the channel and the statistic of the group', () => {
    const x = tf.tensor2d([1, 3, 5, 9], [1, 4]);
    const statistics = [tf.tensor2d([2, 7], [1, 2]), tf.tensor2d([0.75, 3.75], [1, 2])] as const;
    const [gamma, beta] = [tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([0, 0, 0, 100])];
    const y = kernels.normalize(x, ...statistics, gamma, beta, view({ channels: 4, groups: 2 }), 0.25);
    expect(values(y)).toEqual([-1, 2, -3, 104]);
  });
});

describe('gradientSums and inputGradient', () => {
  const x = tf.tensor2d([-1, 1, -1, 1], [4, 1]);
  const dy = tf.tensor2d([1, 2, 3, 6], [4, 1]);
  const [mean, variance, gamma] = [tf.tensor1d([0]), tf.tensor1d([0.75]), tf.tensor1d([2])];
  const acrossBatch = view({ batch: 4, acrossBatch: true });

  it('sum dy and dy * xhat, with gamma for the statistic', () => {
    const sums = kernels.gradientSums(dy, x, mean, variance, gamma, acrossBatch, 0.25);
    expect(values(sums.dBeta)).toEqual([12]);
    expect(values(sums.dGamma)).toEqual([4]);
    expect(values(sums.sumDy)).toEqual([24]);
    expect(values(sums.sumDyXhat)).toEqual([8]);
  });

  it('take the mean and the part along xhat away from dx', () => {
    const { sumDy, sumDyXhat } = kernels.gradientSums(dy, x, mean, variance, gamma, acrossBatch, 0.25);
    const sums = { sumDy: tf.tensor1d(values(sumDy)), sumDyXhat: tf.tensor1d(values(sumDyXhat)) };
    const dx = kernels.inputGradient(dy, x, mean, variance, gamma, sums, acrossBatch, 0.25);
    // gamma dy - 24/4 - xhat 8/4 = [2, 4, 6, 12] - 6 - [-2, 2, -2, 2]
    expect(values(dx)).toEqual([-2, -4, 2, 4]);
  });

  it('leave dy to gamma alone where the sums are zero', () => {
    const zeros = { sumDy: tf.tensor1d([0]), sumDyXhat: tf.tensor1d([0]) };
    const dx = kernels.inputGradient(dy, x, mean, variance, gamma, zeros, acrossBatch, 0.25);
    expect(values(dx)).toEqual([2, 4, 6, 12]);
  });
});

describe('movingAverage', () => {
  it('weighs the average and the new value, and leaves both as they were', () => {
    const [average, value] = [tf.tensor1d([1, 10]), tf.tensor1d([5, -2])];
    const moved = kernels.movingAverage!(average, value, 0.5, 2);
    expect(moved.shape).toEqual([2]);
    expect(values(moved)).toEqual([10.5, 1]);
    expect(values(average)).toEqual([1, 10]);
    expect(values(value)).toEqual([5, -2]);
  });
});
