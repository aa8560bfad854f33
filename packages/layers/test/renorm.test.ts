/** BatchNormalization with renorm, beyond Keras' own tests: gradients, masks, groups, files and whole models. */
import '@bn/cpu-ref';
import '@bn/wasm';
import { inProcessGroup } from '@bn/conformance';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  type BatchNormalizationArguments,
  convertSyncBatchNorm,
  freezeBatchNorms,
  recomputeRunningStats,
} from '../src/index.js';
import { expectClose } from './support/compare.js';
import { savedAndLoaded } from './support/models.js';
import { testsInScope } from './support/scope.js';

const valuesOf = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const [epsilon, momentum, renormMomentum] = [1e-3, 0.9, 0.8];
const limits = { rmax: 1.1, rmin: 0.9, dmax: 0.2 };

/** A built layer of two channels whose weights are not those of the start. */
function made(args: BatchNormalizationArguments = {}, shape: number[] = [8, 2]): BatchNormalization {
  const norm = new BatchNormalization({ renorm: true, epsilon, momentum, renormMomentum, ...args });
  norm.build(shape);
  const values = { gamma: [1.2, 0.7], beta: [0.3, -0.4], mean: [0.5, 1], variance: [2, 0.5] };
  const others = { deviation: [1.4, 0.7], renormMean: [0.2, 0.8], renormDeviation: [1.3, 2] };
  norm.setWeights(Object.values({ ...values, ...others }).map((value) => tf.tensor1d(value)));
  return norm;
}

const statistics = (norm: BatchNormalization): number[][] => norm.getWeights().slice(-5).map(valuesOf);
const train = (norm: BatchNormalization, x: tf.Tensor, keywords = {}): tf.Tensor =>
  norm.apply(x, { training: true, ...keywords }) as tf.Tensor;

/** y by the formula, with r and d that are numbers. */
function formula(x: tf.Tensor, norm: BatchNormalization, clip: Partial<typeof limits>): tf.Tensor {
  const [gamma, beta, , , , renormMean, renormDeviation] = norm.getWeights();
  const { mean, variance } = tf.moments(x, [0]);
  const deviation = tf.sqrt(tf.add(variance, epsilon));
  const clamp = (values: tf.Tensor, low?: number, high?: number) =>
    valuesOf(values).map((value) =>
      Math.min(Math.max(value, low ?? value), high ?? Number.POSITIVE_INFINITY),
    );
  const r = clamp(tf.div(deviation, renormDeviation!), clip.rmin, clip.rmax);
  const negative = clip.dmax === undefined ? undefined : -clip.dmax;
  const d = clamp(tf.div(tf.sub(mean, renormMean!), renormDeviation!), negative, clip.dmax);
  const xhat = tf.div(tf.sub(x, mean), deviation);
  return tf.add(tf.mul(tf.add(tf.mul(xhat, r), d), gamma!), beta!);
}

describe.each(['cpu', 'wasm'])('renorm on %s', (backend) => {
  testsInScope(backend);
  const x = () => tf.randomNormal([8, 2], 1, 2, 'float32', 5);

  it.each([
    ['without limits', {}],
    ['with limits', limits],
  ])('differentiates with r and d as constants, %s', (_, clip) => {
    const norm = made({ renormClipping: clip });
    const weights = tf.randomNormal([8, 2], 0, 1, 'float32', 6);
    const numbers = norm.getWeights().map((weight) => tf.clone(weight));
    const expected = tf.grad((input) => tf.sum(tf.mul(formula(input, norm, clip), weights)))(x());
    const y = formula(x(), norm, clip);
    const gradient = tf.grad((input) => tf.sum(tf.mul(train(norm, input), weights)))(x());
    norm.setWeights(numbers);
    expectClose(valuesOf(train(norm, x())), valuesOf(y), 1e-5);
    expectClose(valuesOf(gradient), valuesOf(expected), 1e-4);
    norm.setWeights(numbers);
    const loss = () => tf.sum(tf.mul(train(norm, x()), weights)) as tf.Scalar;
    const grads = Object.values(tf.variableGrads(loss).grads).map(valuesOf);
    const r = tf.div(tf.sub(y, numbers[1]!), numbers[0]!);
    expectClose(grads[0]!, valuesOf(tf.sum(tf.mul(r, weights), 0)), 1e-4);
    expectClose(grads[1]!, valuesOf(tf.sum(weights, 0)), 1e-5);
  });

  it('is the same for every layout of the channels', () => {
    const flat = train(made(), x());
    const first = train(made({ axis: 1 }, [2, 2, 4]), tf.transpose(tf.reshape(x(), [2, 4, 2]), [0, 2, 1]));
    const middle = train(
      made({ axis: 2 }, [2, 2, 2, 2]),
      tf.transpose(tf.reshape(x(), [2, 2, 2, 2]), [0, 1, 3, 2]),
    );
    expectClose(valuesOf(tf.transpose(first, [0, 2, 1])), valuesOf(flat), 1e-5);
    expectClose(valuesOf(tf.transpose(middle, [0, 1, 3, 2])), valuesOf(flat), 1e-5);
  });

  it('leaves out what a mask leaves out, and the statistics of a channel that has nothing left', () => {
    const [masked, part] = [made(), made()];
    train(masked, tf.concat([x(), tf.fill([3, 2], 1e6)]), {
      mask: tf.tensor1d([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]),
    });
    train(part, x());
    statistics(masked).forEach((values, i) => {
      expectClose(values, statistics(part)[i]!, 1e-5);
    });
    const empty = made();
    const before = statistics(empty);
    train(empty, x(), { mask: tf.zeros([8]) });
    expect(statistics(empty)).toEqual(before);
  });

  it('moves nothing if updateStatistics is false, if it is frozen, and in inference', () => {
    const norm = made();
    const before = statistics(norm);
    const y = valuesOf(train(norm, x(), { updateStatistics: false }));
    expect(statistics(norm)).toEqual(before);
    expectClose(y, valuesOf(train(norm, x())), 1e-6);
    const frozen = made();
    const inferred = valuesOf(frozen.apply(x()) as tf.Tensor);
    frozen.trainable = false;
    expect(valuesOf(train(frozen, x()))).toEqual(inferred);
    expect(statistics(frozen)).toEqual(before);
  });

  it('takes a batch of one value, which is its own mean', () => {
    const norm = made();
    const y = valuesOf(train(norm, tf.tensor([[0.4, 1.2]])));
    const [d0, d1] = [(0.4 - 0.2) / 1.3, (1.2 - 0.8) / 2];
    expectClose(y, [d0 * 1.2 + 0.3, d1 * 0.7 - 0.4], 1e-5);
  });

  it('leaves no tensors', () => {
    const norm = made();
    const input = x();
    const step = () => tf.tidy(() => tf.dispose(tf.grad((value) => tf.sum(train(norm, value)))(input)));
    step();
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is saved, loaded and trained on in a model, with the same numbers', async () => {
    const norm = new BatchNormalization({ renorm: true, renormClipping: limits, inputShape: [2] });
    const model = tf.sequential({ layers: [norm, tf.layers.dense({ units: 1 })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await model.fit(x(), tf.ones([8, 1]), { epochs: 2, verbose: 0 });
    const loaded = await savedAndLoaded(model);
    loaded.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    for (const each of [model, loaded]) await each.fit(x(), tf.ones([8, 1]), { verbose: 0 });
    loaded.getWeights().forEach((weight, i) => {
      expectClose(valuesOf(weight), valuesOf(model.getWeights()[i]!), 1e-6);
    });
  });
});

describe('renorm in whole models', () => {
  it('is in the config with a momentum of 0', () => {
    const config = made({ renormMomentum: 0 }).getConfig();
    expect(config.renormMomentum).toBe(0);
    expect(new BatchNormalization(config as never).getConfig()).toEqual(config);
  });

  beforeEach(() => useBackend('cpu'));
  afterEach(() => tf.disposeVariables());
  const batch = () => tf.randomNormal([12, 2], 1, 2, 'float32', 7);

  it('takes its statistics over a group of processes', async () => {
    const whole = made();
    const y = valuesOf(train(whole, batch()));
    const parts = await inProcessGroup(2, (reducer) => {
      const norm = made({ inputShape: [2] });
      const model = tf.sequential({ layers: [norm] });
      convertSyncBatchNorm(model, reducer);
      const rows = tf.slice(batch(), [6 * reducer.rank, 0], [6, 2]);
      return { y: valuesOf(train(norm, rows)), statistics: statistics(norm) };
    });
    expectClose(
      parts.flatMap((part) => part.y),
      y,
      1e-5,
    );
    for (const part of parts) {
      part.statistics.forEach((values, i) => {
        expectClose(values, statistics(whole)[i]!, 1e-5);
      });
    }
  });

  it('goes on from recomputed statistics', async () => {
    const norm = made({ inputShape: [2], momentum: 1 });
    const model = tf.sequential({ layers: [norm, tf.layers.dense({ units: 1 })] });
    await recomputeRunningStats(model, [batch()]);
    const [mean, variance, deviation] = statistics(norm);
    const moments = tf.moments(batch(), [0]);
    expectClose(mean!, valuesOf(moments.mean), 1e-5);
    expectClose(variance!, valuesOf(moments.variance), 1e-5);
    expectClose(deviation!, valuesOf(tf.sqrt(tf.add(moments.variance, epsilon))), 1e-5);
    train(norm, batch());
    expectClose(statistics(norm)[1]!, variance!, 1e-5);
  });

  it('stays as it is when it is frozen with a model', async () => {
    const norm = made({ inputShape: [2] });
    const model = tf.sequential({ layers: [norm, tf.layers.dense({ units: 1 })] });
    freezeBatchNorms(model);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const before = statistics(norm);
    await model.fit(batch(), tf.ones([12, 1]), { verbose: 0 });
    expect(statistics(norm)).toEqual(before);
  });

  it.each([
    [{ renormClipping: { rmax: 'x' } }, 'renormClipping must have no keys but rmax, rmin and dmax'],
    [{ renormClipping: { rmin: -1 } }, 'renormClipping must have no keys but rmax, rmin and dmax'],
    [{ renormClipping: { rmax: Number.NaN } }, 'renormClipping must have no keys but rmax, rmin and dmax'],
    [{ renormClipping: { rmax: 0 } }, 'renormClipping must have no keys but rmax, rmin and dmax'],
    [{ renormClipping: 3 }, 'renormClipping must have no keys but rmax, rmin and dmax'],
    [{ renormClipping: [1] }, 'renormClipping must have no keys but rmax, rmin and dmax'],
    [{ renormMomentum: 1.5 }, 'must be in [0, 1] (renormMomentum, the weight the old value keeps)'],
    [{ renormMomentum: '1' }, 'must be in [0, 1] (renormMomentum, the weight the old value keeps)'],
    [{ fused: true }, 'BatchNormalization: fused and renorm cannot be together; leave out fused'],
    [{ renorm: 'yes' }, "BatchNormalization: renorm must be true or false, got 'yes'"],
  ])('refuses %j', (args, message) => {
    expect(() => new BatchNormalization({ renorm: true, ...args } as never)).toThrow(message);
  });
});
