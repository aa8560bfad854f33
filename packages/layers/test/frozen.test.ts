/** Frozen is frozen: no moving statistics move, however the flag was set. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchNormalization, GroupNormalization } from '../src/index.js';
import { sample } from './support/compare.js';
import { savedAndLoaded } from './support/models.js';
import { movingOf } from './support/statistics.js';

beforeAll(() => useBackend('cpu'));

type Symbolic = tf.SymbolicTensor;
const x = sample([6, 4, 3]);
const asMade = [
  [0, 0, 0],
  [1, 1, 1],
];
const dense = (args = {}) => tf.layers.dense({ units: 3, ...args });
const norm = (args: object) => new BatchNormalization({ momentum: 0, ...args });
const input = () => tf.input({ shape: [4, 3] });

interface Base {
  base: tf.LayersModel;
  bn: BatchNormalization;
}

const bases: Record<string, (args: object) => Base> = {
  'a sequential base': (args) => {
    const bn = norm(args);
    return { base: tf.sequential({ layers: [dense({ inputShape: [4, 3] }), bn] }), bn };
  },
  'a functional base': (args) => {
    const [bn, start] = [norm(args), input()];
    return { base: tf.model({ inputs: start, outputs: bn.apply(dense().apply(start)) as Symbolic }), bn };
  },
  'a base that has a nested model': (args) => {
    const { base: inner, bn } = bases['a sequential base']!(args);
    const start = input();
    return { base: tf.model({ inputs: start, outputs: inner.apply(start) as Symbolic }), bn };
  },
  'a base with TimeDistributed': (args) => {
    const bn = norm(args);
    const layers = [dense({ inputShape: [4, 3] }), tf.layers.timeDistributed({ layer: bn })];
    return { base: tf.sequential({ layers }), bn };
  },
};

const uses: Record<string, (base: tf.LayersModel) => tf.LayersModel> = {
  'the first layer': (base) => tf.sequential({ layers: [base, dense()] }),
  'a later layer': (base) => tf.sequential({ layers: [dense({ inputShape: [4, 3] }), base, dense()] }),
  'a layer of a functional model': (base) => {
    const start = input();
    return tf.model({ inputs: start, outputs: dense().apply(base.apply(dense().apply(start))) as Symbolic });
  },
  'the beginning of a functional model': (base) =>
    tf.model({ inputs: base.inputs, outputs: dense().apply(base.outputs) as Symbolic }),
};

const times: Record<string, (base: tf.LayersModel, make: () => tf.LayersModel) => tf.LayersModel> = {
  'before the model is made': (base, make) => {
    base.trainable = false;
    return compiled(make());
  },
  'before compile': (base, make) => {
    const model = make();
    base.trainable = false;
    return compiled(model);
  },
  'after compile': (base, make) => {
    const model = compiled(make());
    base.trainable = false;
    return model;
  },
};

const compiled = (model: tf.LayersModel): tf.LayersModel => {
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  return model;
};
const fit = (model: tf.LayersModel) => model.fit(x, tf.zeros([6, 4, 3]), { verbose: 0 });

const affine = {
  'with gamma and beta': {},
  'with beta alone': { scale: false },
  'with gamma alone': { center: false },
  'without gamma and beta': { scale: false, center: false },
};

describe.each(Object.entries(bases))('a BatchNormalization in %s that is frozen', (_, makeBase) => {
  describe.each(Object.entries(times))('%s', (__, freeze) => {
    describe.each(Object.entries(uses))('and is %s', (___, use) => {
      it.each(Object.entries(affine))('keeps its moving statistics, %s', async (____, args) => {
        const { base, bn } = makeBase(args);
        const model = freeze(base, () => use(base));
        const before = bn.getWeights().map((weight) => weight.arraySync());
        await fit(model);
        expect(bn.getWeights().map((weight) => weight.arraySync())).toEqual(before);
        expect(movingOf(bn)).toEqual(asMade);
      });
    });
  });

  it('moves them again when the base is trainable again', async () => {
    const { base, bn } = makeBase({ scale: false, center: false });
    base.trainable = false;
    base.trainable = true;
    await fit(compiled(uses['the first layer']!(base)));
    expect(movingOf(bn)).not.toEqual(asMade);
  });

  it('is frozen after it was saved and loaded', async () => {
    const { base, bn } = makeBase({ scale: false, center: false });
    base.trainable = false;
    const loaded = await savedAndLoaded(base);
    const [mean] = loaded.getWeights().slice(-2);
    await fit(compiled(uses['the first layer']!(loaded)));
    expect(loaded.getWeights().slice(-2)[0]!.arraySync()).toEqual(mean!.arraySync());
    expect(bn.trainable).toBe(false);
  });
});

it('a layer that is frozen by itself stays so when the Sequential around it is built', async () => {
  const bn = norm({ scale: false, center: false });
  bn.trainable = false;
  const model = compiled(tf.sequential({ layers: [dense({ inputShape: [4, 3] }), bn] }));
  await fit(model);
  expect(movingOf(bn)).toEqual(asMade);
});

it('a layer whose weights alone are frozen is frozen', async () => {
  const bn = norm({});
  const model = tf.sequential({ layers: [dense({ inputShape: [4, 3] }), bn] });
  compiled(model);
  for (const weight of bn.trainableWeights) weight.trainable = false;
  await fit(model);
  expect(movingOf(bn)).toEqual(asMade);
});

it('the other layers follow a nested base as well', async () => {
  const layer = new GroupNormalization({ groups: 3 });
  const inner = tf.sequential({ layers: [dense({ inputShape: [4, 3] }), layer] });
  const base = tf.sequential({ layers: [inner] });
  base.trainable = false;
  await fit(compiled(uses['the beginning of a functional model']!(base)));
  expect(layer.getWeights()[0]!.arraySync()).toEqual([1, 1, 1]);
});

const recurrent = { units: 3, returnSequences: true } as const;
const cells = () => [3, 3].map((units) => tf.layers.gruCell({ units }));
const layersOfTfjs: Record<string, () => tf.layers.Layer> = {
  'a nested model': () => tf.sequential({ layers: [dense({ inputShape: [4, 3] })] }),
  'a model in a nested model': () =>
    tf.sequential({ layers: [tf.sequential({ layers: [dense({ inputShape: [4, 3] })] })] }),
  TimeDistributed: () => tf.layers.timeDistributed({ layer: dense() }),
  'a recurrent layer': () => tf.layers.lstm(recurrent),
  'stacked cells': () => tf.layers.rnn({ cell: cells(), returnSequences: true }),
  Bidirectional: () => tf.layers.bidirectional({ layer: tf.layers.gru(recurrent), mergeMode: 'sum' }),
};

/** A model that has the layer after another one, as the base of a larger one. */
function baseWith(layer: tf.layers.Layer): tf.LayersModel {
  const start = input();
  return tf.model({ inputs: start, outputs: layer.apply(dense().apply(start)) as Symbolic });
}

const valuesOf = (layer: tf.layers.Layer) => layer.getWeights().map((weight) => weight.arraySync());

describe.each(Object.entries(layersOfTfjs))(
  'the weights of tf.layers in %s in a base that is frozen',
  (_, make) => {
    describe.each(Object.entries(times))('%s', (__, freeze) => {
      it.each(Object.entries(uses))('stay as they are if the base is %s', async (___, use) => {
        const layer = make();
        const base = baseWith(layer);
        const model = freeze(base, () => use(base));
        const before = valuesOf(layer);
        await fit(model);
        expect(valuesOf(layer)).toEqual(before);
      });
    });

    it('are trained if the base is trainable again', async () => {
      const layer = make();
      const base = baseWith(layer);
      base.trainable = false;
      base.trainable = true;
      const before = valuesOf(layer);
      await fit(compiled(uses['the first layer']!(base)));
      expect(valuesOf(layer)).not.toEqual(before);
    });
  },
);
