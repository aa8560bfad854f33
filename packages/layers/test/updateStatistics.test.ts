/** A call with `updateStatistics: false` normalizes with the statistics of its batch, and moves nothing. */
import { inProcessGroup } from '@bn/conformance';
import { OptionError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { batchNormLayers, convertSyncBatchNorm, freezeBatchNorms } from '../src/index.js';
import { expectClose, sample } from './support/compare.js';
import { chain, makers, ours, randomize, type Symbolic, theirs } from './support/folding.js';
import { predict, savedAndLoaded } from './support/models.js';
import { testsInScope } from './support/scope.js';
import { statisticsOf } from './support/statistics.js';
import { input, models, steps } from './support/wholeModels.js';

type Layer = tf.layers.Layer;

testsInScope('cpu');

const x = () => sample([6, steps, 3]);
const apply = (layer: Layer, keywords: object) => [...(layer.apply(x(), keywords) as tf.Tensor).dataSync()];
const movingOf = (model: tf.LayersModel) =>
  model.weights
    .filter(({ originalName }) => /moving_(mean|variance)$/.test(originalName))
    .map((weight) => [...weight.read().dataSync()]);
const kept = { training: true, updateStatistics: false };

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  describe.each(Object.entries(makers))('a batch norm %s', (_, norm) => {
    it.each(Object.entries(models))('moves nothing in %s', async (__, make) => {
      await useBackend(backend);
      const model = make(norm);
      randomize(model);
      const before = movingOf(model);
      const outputs = apply(model, kept);
      expect(movingOf(model)).toEqual(before);
      expect(apply(model, { training: true, updateStatistics: true })).toEqual(outputs);
      expect(movingOf(model)).not.toEqual(before);
    });
  });

  it('gradients are those of training', async () => {
    await useBackend(backend);
    for (const norm of [ours, theirs]) {
      const layer = norm(input);
      randomize(chain(layer));
      const gradient = (keywords: object) =>
        tf
          .grad((value) => tf.sum(tf.pow(layer.apply(value, keywords) as tf.Tensor, 3)))(x())
          .dataSync();
      expectClose(gradient(kept), gradient({ training: true }));
    }
  });
});

describe('updateStatistics: false', () => {
  it('of one call is nothing to the next', () => {
    const model = chain(ours({ ...input, momentum: 0 }));
    apply(model, kept);
    apply(model, { training: true });
    const { mean, variance } = statisticsOf(x());
    expectClose(movingOf(model)[0]!, mean);
    expectClose(movingOf(model)[1]!, variance);
  });

  it('in adversarial training keeps the statistics those of the data', () => {
    const model = chain(ours({ ...input, momentum: 0 }), tf.layers.dense({ units: 1 }));
    const optimizer = tf.train.sgd(0.01);
    const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const loss = (value: tf.Tensor, keywords: object) =>
      tf.mean(tf.square(model.apply(value, keywords) as tf.Tensor)) as tf.Scalar;
    const attack = tf.grad((value) => loss(value, kept))(x());
    const adversarial = tf.add(x(), tf.mul(tf.sign(attack), 3));
    optimizer.minimize(
      () => tf.add(loss(x(), { training: true }), loss(adversarial, kept)) as tf.Scalar,
      false,
      weights,
    );
    const { mean, variance } = statisticsOf(x());
    expectClose(movingOf(model)[0]!, mean);
    expectClose(movingOf(model)[1]!, variance);
  });

  it('in the graph of a model holds in fit, and is saved with it', async () => {
    for (const norm of [ours, theirs]) {
      const base = chain(tf.layers.dense({ units: 3, ...input }), norm());
      const start = tf.input({ shape: [steps, 3] });
      const y = base.apply(start, { updateStatistics: false }) as Symbolic;
      const model = tf.model({ inputs: start, outputs: tf.layers.dense({ units: 3 }).apply(y) as Symbolic });
      for (const each of [model, await savedAndLoaded(model)]) {
        each.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
        const before = movingOf(each);
        await each.fit(x(), tf.zeros([6, steps, 3]), { verbose: 0 });
        expect(movingOf(each)).toEqual(before);
        expect(apply(each, { training: true })).not.toEqual([...predict(each, x())]);
      }
    }
  });

  it('does the same in a group, and the batch is that of all members', async () => {
    for (const norm of [ours, theirs]) {
      const members = await inProcessGroup(2, (reducer) => {
        const model = chain(convertSyncBatchNorm(norm(input), reducer));
        const before = movingOf(model);
        const part = tf.slice(x(), reducer.rank * 2, 2 + 2 * reducer.rank);
        const y = [...(model.apply(part, kept) as tf.Tensor).dataSync()];
        expect(movingOf(model)).toEqual(before);
        return y;
      });
      expectClose(members.flat(), apply(norm(input), kept));
    }
  });

  it('has a mask for the statistics of the batch too', () => {
    const layer = ours(input);
    const mask = tf.tile(tf.tensor2d([[1, 0, 0, 0]]), [6, 1]);
    const masked = apply(layer, { ...kept, mask });
    expect(movingOf(chain(layer))).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(masked).toEqual(apply(layer, { training: true, mask }));
    expect(masked).not.toEqual(apply(layer, kept));
  });

  it('changes nothing in inference and in layers that are frozen', () => {
    for (const norm of [ours, theirs]) {
      const model = chain(norm(input));
      randomize(model);
      const predicted = [...predict(model, x())];
      expect(apply(model, { training: false, updateStatistics: false })).toEqual(predicted);
      freezeBatchNorms(model);
      expectClose(apply(model, kept), predicted);
    }
  });

  it('leaves no tensors, and the statistics if the call fails', () => {
    for (const norm of [ours, theirs]) {
      const layer = norm(input);
      const model = chain(layer);
      const before = movingOf(model);
      const { numTensors } = tf.memory();
      tf.tidy(() => apply(model, kept));
      expect(() => tf.tidy(() => void layer.apply(tf.ones([2, 5, 7]), kept))).toThrow();
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(movingOf(model)).toEqual(before);
    }
  });

  it('is refused by a batch norm that is not known, by name, also in a wrapper', () => {
    class MyBatchNorm extends tf.layers.Layer {
      static readonly className = 'MyBatchNorm';
      override call(inputs: tf.Tensor | tf.Tensor[]) {
        return [inputs].flat()[0]!;
      }
    }
    for (const layer of [
      chain(new MyBatchNorm({ name: 'strange', ...input })),
      tf.layers.timeDistributed({ layer: new MyBatchNorm({ name: 'strange' }), ...input }),
    ]) {
      expect(() => apply(layer, kept)).toThrow(OptionError);
      expect(() => apply(layer, kept)).toThrow(
        /^layer 'strange': a MyBatchNorm does not know updateStatistics: false/,
      );
      apply(layer, { training: false, updateStatistics: false });
      apply(layer, { training: true });
    }
  });

  it('must be true or false', () => {
    for (const norm of [ours, theirs]) {
      const layer = norm({ ...input, name: `norm_of_${norm.name}` });
      expect(() => apply(layer, { training: true, updateStatistics: 'no' })).toThrow(OptionError);
      expect(() => apply(chain(layer), { training: true, updateStatistics: 'no' })).toThrow(
        /updateStatistics/,
      );
      expect(batchNormLayers(layer)).toEqual([layer]);
    }
  });
});
