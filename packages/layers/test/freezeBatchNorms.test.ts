/** Frozen batch norm layers of whole models stay what they are while the rest is trained. */
import { inProcessGroup } from '@bn/conformance';
import { OptionError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { batchNormLayers, convertSyncBatchNorm, freezeBatchNorms } from '../src/index.js';
import { expectClose, sample } from './support/compare.js';
import { chain, makers, ours, randomize, theirs } from './support/folding.js';
import { predict, savedAndLoaded } from './support/models.js';
import { testsInScope } from './support/scope.js';
import { dense, input, models, type Norm, steps } from './support/wholeModels.js';

type Layer = tf.layers.Layer;

testsInScope('cpu');

const x = () => sample([6, steps, 3]);
const target = () => tf.zeros([6, steps, 3]);
const compiled = (model: tf.LayersModel, optimizer: tf.Optimizer = tf.train.sgd(0.05)) => {
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return model;
};
const train = async (model: tf.LayersModel, count = 2) => {
  for (let step = 0; step < count; step++) await model.trainOnBatch(x(), target());
};
const valuesOf = (layer: Layer) => layer.weights.map((weight) => [...weight.read().dataSync()]);
const inTraining = (layer: Layer) => (layer.apply(x(), { training: true }) as tf.Tensor).dataSync();

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  describe.each(Object.entries(makers))('a batch norm %s', (_, norm) => {
    it.each(Object.entries(models))('is frozen in %s', async (__, make) => {
      await useBackend(backend);
      const model = make(norm);
      randomize(model);
      expect(freezeBatchNorms(model)).toBe(model);
      const [layer] = batchNormLayers(model);
      const before = valuesOf(layer!);
      expectClose(inTraining(model), predict(model, x()));
      const others = () =>
        model.weights
          .filter((weight) => !layer!.weights.includes(weight))
          .map((w) => [...w.read().dataSync()]);
      const start = others();
      await train(compiled(model));
      expect(valuesOf(layer!)).toEqual(before);
      others().forEach((values, i) => {
        expect(values).not.toEqual(start[i]);
      });
      expectClose(inTraining(model), predict(model, x()));
    });
  });

  it('gradients are those of an affine map', async () => {
    await useBackend(backend);
    for (const norm of [ours, theirs]) {
      const model = freezeBatchNorms(chain(norm({ ...input, epsilon: 0.25 })));
      randomize(model);
      const [gamma, , , variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) =>
        model.weights.find(({ originalName }) => originalName.endsWith(name))!.read(),
      );
      const loss = (value: tf.Tensor) =>
        tf.sum(tf.mul(model.apply(value, { training: true }) as tf.Tensor, value));
      const y = model.predict(x()) as tf.Tensor;
      const slope = tf.div(gamma!, tf.sqrt(tf.add(variance!, 0.25)));
      expectClose(tf.grad(loss)(x()).dataSync(), tf.add(y, tf.mul(slope, x())).dataSync());
    }
  });
});

describe('a model that is compiled', () => {
  const optimizers: Record<string, () => tf.Optimizer> = {
    sgd: () => tf.train.sgd(0.05),
    momentum: () => tf.train.momentum(0.05, 0.9),
    adam: () => tf.train.adam(0.05),
    adamax: () => tf.train.adamax(0.05),
    adagrad: () => tf.train.adagrad(0.05),
    adadelta: () => tf.train.adadelta(0.5),
    rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0.5),
  };
  const make = (norm: Norm) => chain(dense(input), norm(), dense());

  /** A step in which every weight has an optimizer of its own, which cannot mix up their states. */
  function stepOneByOne(model: tf.LayersModel, optimizerOf: (name: string) => tf.Optimizer): void {
    const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const loss = () => tf.mean(tf.square(model.apply(x(), { training: true }) as tf.Tensor)) as tf.Scalar;
    const { grads } = tf.variableGrads(loss, weights);
    for (const [name, grad] of Object.entries(grads)) optimizerOf(name).applyGradients({ [name]: grad });
  }

  it.each(Object.entries(optimizers))(
    'is trained on with %s, which keeps the state of the other weights',
    async (_, optimizer) => {
      for (const norm of [ours, theirs]) {
        const [model, expected] = [compiled(make(norm), optimizer()), make(norm)];
        const own: Record<string, tf.Optimizer> = {};
        const optimizerOf = (name: string) => (own[name] ??= optimizer());
        for (const frozen of [false, true]) {
          if (frozen) for (const each of [model, expected]) freezeBatchNorms(each);
          await train(model, 3);
          for (let step = 0; step < 3; step++) stepOneByOne(expected, optimizerOf);
          valuesOf(model).forEach((values, i) => {
            expectClose(values, valuesOf(expected)[i]!);
          });
        }
      }
    },
  );

  const stateful = Object.entries(optimizers).filter(([name]) => name !== 'sgd');
  it.each(stateful)(
    'is not compiled or saved with the state of other weights by %s',
    async (_, optimizer) => {
      const stepped = optimizer();
      const model = compiled(make(ours), stepped);
      await train(model);
      freezeBatchNorms(model);
      expect(() => compiled(model, stepped)).toThrow(OptionError);
      expect(() => compiled(model, stepped)).toThrow(
        /^compile: the optimizer \(\w+\) has .* has the state of 'batch_normaliz\w+\/gamma\w*' where it needs that of 'dense_\w+\/kernel\w*'.* new optimizer$/,
      );
      const handler = tf.io.withSaveHandler(() => {
        throw new Error('saved');
      });
      await expect(model.save(handler, { includeOptimizer: true })).rejects.toThrow(
        /^save with includeOptimizer: the optimizer/,
      );
      await expect(model.save(handler)).rejects.toThrow('saved');
      await train(compiled(model, optimizer()));
    },
  );

  it('may be compiled again with an optimizer without state, or with one whose weights are the same', async () => {
    for (const optimizer of [tf.train.sgd(0.05), tf.train.adam(0.05)]) {
      const model = compiled(make(ours), optimizer);
      await train(model);
      if (optimizer instanceof tf.AdamOptimizer) batchNormLayers(model);
      else freezeBatchNorms(model);
      await train(compiled(model, optimizer));
    }
  });
});

describe('frozen batch norm layers', () => {
  it.each(Object.entries(makers))('%s are thawed by trainable', async (_, norm) => {
    const model = freezeBatchNorms(chain(chain(dense(input), norm()), dense()));
    const [layer] = batchNormLayers(model);
    const before = valuesOf(layer!);
    for (const each of batchNormLayers(model)) each.trainable = true;
    await train(compiled(model));
    valuesOf(layer!).forEach((values, i) => {
      expect(values).not.toEqual(before[i]);
    });
  });

  it.each(Object.entries(makers))(
    '%s are thawed by the trainable of a model around them',
    async (_, norm) => {
      const model = freezeBatchNorms(chain(chain(dense(input), norm()), dense()));
      const [layer] = batchNormLayers(model);
      model.trainable = false;
      model.trainable = true;
      const before = valuesOf(layer!);
      await train(compiled(model));
      expect(valuesOf(layer!)).not.toEqual(before);
    },
  );

  it.each(Object.entries(makers))('%s are frozen anew in a model that was loaded', async (_, norm) => {
    const model = freezeBatchNorms(chain(dense(input), norm(), dense()));
    const loaded = freezeBatchNorms(await savedAndLoaded(model));
    const [layer] = batchNormLayers(loaded);
    const before = valuesOf(layer!);
    await train(compiled(loaded));
    expect(valuesOf(layer!)).toEqual(before);
  });

  it.each(Object.entries(makers))(
    '%s stay so in a loop that builds the Sequential around them',
    (_, norm) => {
      const model = chain(dense(input), norm(), dense());
      const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const [layer] = batchNormLayers(freezeBatchNorms(model));
      const before = valuesOf(layer!);
      const optimizer = tf.train.sgd(0.05);
      const loss = () => tf.mean(tf.square(model.apply(x(), { training: true }) as tf.Tensor)) as tf.Scalar;
      for (let step = 0; step < 3; step++) optimizer.minimize(loss, false, weights);
      expect(valuesOf(layer!)).toEqual(before);
    },
  );

  it('of tf.layers are right over another axis, which tfjs has wrong on cpu', () => {
    const [layer, expected] = [theirs({ ...input, axis: 1 }), ours({ ...input, axis: 1 })].map((norm) =>
      chain(norm),
    );
    for (const model of [layer!, expected!]) randomize(freezeBatchNorms(model));
    expectClose(inTraining(layer!), predict(expected!, x()));
  });

  it('of tf.layers train without gamma and beta, which tfjs cannot', async () => {
    const model = chain(dense(input), theirs({ center: false, scale: false }), dense());
    await expect(train(compiled(model))).rejects.toThrow();
    await train(compiled(freezeBatchNorms(model)));
  });

  it('do not communicate in a group, in whatever order they were converted', async () => {
    for (const norm of [ours, theirs]) {
      const predicted = await inProcessGroup(2, (reducer) => {
        const first = freezeBatchNorms(convertSyncBatchNorm(norm(input), reducer));
        const second = convertSyncBatchNorm(freezeBatchNorms(norm(input)), reducer);
        return [first, second].map((layer) => {
          if (reducer.rank === 1) return [];
          return [...inTraining(layer)];
        });
      });
      const expected = predict(chain(norm(input)), x());
      for (const values of predicted[0]!) expectClose(values, expected);
    }
  });

  it('leave no tensors', () => {
    const model = chain(dense(input), ours(), theirs());
    const { numTensors } = tf.memory();
    freezeBatchNorms(model);
    tf.tidy(() => inTraining(model));
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('freezeBatchNorms refuses', () => {
  it('a batch norm that it does not know, and freezes nothing', () => {
    class MyBatchNorm extends tf.layers.Layer {
      static readonly className = 'MyBatchNorm';
    }
    const layer = ours(input);
    const model = chain(layer, new MyBatchNorm({ name: 'strange' }));
    expect(() => freezeBatchNorms(model)).toThrow(OptionError);
    expect(() => freezeBatchNorms(model)).toThrow(
      /^freezeBatchNorms: layer 'strange' is a MyBatchNorm that is neither/,
    );
    expect(layer.trainable).toBe(true);
  });

  it('what is no model', () => {
    expect(() => freezeBatchNorms({} as Layer)).toThrow(
      'freezeBatchNorms: model must be a model or layer of tf.layers, got object',
    );
  });
});
