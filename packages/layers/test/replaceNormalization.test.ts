/** The normalization of whole models is replaced by another, and everything else is kept. */
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  freezeBatchNorms,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  type NormalizationKind,
  RMSNormalization,
  replaceNormalization,
} from '../src/index.js';
import { expectClose, sample } from './support/compare.js';
import { chain, conv, image, makers, ours, randomize, theirs } from './support/folding.js';
import { predict, savedAndLoaded } from './support/models.js';
import { testsInScope } from './support/scope.js';
import { dense, input, models, steps } from './support/wholeModels.js';

type Layer = tf.layers.Layer;

testsInScope('cpu');

const x = () => sample([5, steps, 3]);
const numbersOf = (weight: tf.LayerVariable) => [...weight.read().dataSync()];
const nameOf = ({ originalName }: tf.LayerVariable) => originalName.replace(/^.*\//, '');

const targets: Record<NormalizationKind, { make: (args: object) => Layer; options?: object }> = {
  batch: { make: (args) => new BatchNormalization(args) },
  group: { make: (args) => new GroupNormalization({ ...args, groups: 1 }), options: { groups: 1 } },
  instance: { make: (args) => new InstanceNormalization(args) },
  layer: { make: (args) => new LayerNormalization(args) },
  rms: { make: (args) => new RMSNormalization(args) },
};
const kinds = Object.keys(targets) as NormalizationKind[];

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  describe.each(Object.entries(makers))('a batch norm %s', (_, norm) => {
    const possible = kinds.filter((kind) => kind !== 'batch' || norm === theirs);
    describe.each(possible)('becomes %s normalization', (kind) => {
      // A step of features has one value per channel.
      const isPossible = ([place]: [string, unknown]) =>
        kind !== 'instance' || !place.includes('TimeDistributed');
      it.each(Object.entries(models).filter(isPossible))('in %s', async (__, make) => {
        await useBackend(backend);
        const { make: target, options } = targets[kind];
        const model = make((args) => norm({ ...args, epsilon: 0.1 }));
        randomize(model);
        const { model: copy, replaced, left } = replaceNormalization(model, kind, options);
        expect(left).toEqual([]);
        const moving = ['moving_mean', 'moving_variance'];
        const kept = { batch: ['gamma', 'beta', ...moving], rms: ['scale'] }[kind as string] ?? [
          'gamma',
          'beta',
        ];
        const dropped = { batch: [], rms: ['beta', ...moving] }[kind as string] ?? moving;
        expect(replaced).toMatchObject([{ from: 'batch', kept, renewed: [], dropped }]);
        // The same model, made by hand.
        const expected = make((args) => target({ ...args, epsilon: 0.1 }));
        expect(copy.weights.map(({ shape }) => shape)).toEqual(expected.weights.map(({ shape }) => shape));
        expected.setWeights(copy.getWeights());
        expectClose(predict(copy, x()), predict(expected, x()));
        const before = new Map(model.weights.map((weight) => [weight.originalName, numbersOf(weight)]));
        for (const weight of copy.weights) {
          expect(numbersOf(weight)).toEqual(before.get(weight.originalName.replace(/scale$/, 'gamma')));
        }
      });
    });
  });
});

describe('any normalization becomes any other', () => {
  const sources: Record<string, () => Layer> = {
    ...Object.fromEntries(kinds.map((kind) => [kind, () => targets[kind].make({ name: 'norm' })])),
    'layer of tf.layers': () => tf.layers.layerNormalization({ name: 'norm' }),
  };
  describe.each(Object.entries(sources))('%s', (source, make) => {
    it.each(kinds.filter((kind) => kind !== source))('to %s', async (kind) => {
      const model = chain(dense(input), make(), dense());
      randomize(model);
      const { model: copy, replaced } = replaceNormalization(model, kind, targets[kind].options);
      expect(replaced).toMatchObject([{ layer: 'norm', from: source.split(' ')[0] }]);
      const expected = chain(
        dense(input),
        targets[kind].make({ epsilon: model.layers[1]!.getConfig().epsilon }),
        dense(),
      );
      const gamma = (layer: Layer) => layer.weights.find((weight) => /gamma|scale/.test(nameOf(weight)))!;
      expect(numbersOf(gamma(copy.layers[1]!))).toEqual(numbersOf(gamma(model.layers[1]!)));
      const hasBeta = source !== 'rms' && kind !== 'rms';
      expect(copy.layers[1]!.weights.some((weight) => nameOf(weight) === 'beta')).toBe(hasBeta);
      const byName = new Map(copy.layers[1]!.weights.map((weight) => [nameOf(weight), weight.read()]));
      for (const weight of expected.layers[1]!.weights) {
        const value = byName.get(nameOf(weight));
        if (value) (weight.read() as tf.Variable).assign(value);
      }
      for (const at of [0, 2]) expected.layers[at]!.setWeights(model.layers[at]!.getWeights());
      expectClose(predict(copy, x()), predict(expected, x()));
    });
  });

  it('with the axes of layer normalization, if the new one has such', () => {
    const model = chain(tf.layers.layerNormalization({ axis: [1, 2], ...input }));
    randomize(model);
    const { model: copy, replaced } = replaceNormalization(model, 'layer');
    expect(replaced[0]!.kept).toEqual(['gamma', 'beta']);
    expectClose(predict(copy, x()), predict(model, x()));
    expect(replaceNormalization(model, 'rms').replaced[0]!.kept).toEqual(['scale']);
    const group = replaceNormalization(model, 'group', { groups: 1 });
    expect(group.replaced[0]).toMatchObject({ kept: [], renewed: ['gamma', 'beta'], dropped: [] });
    expect(group.model.layers[0]!.getConfig().axis).toBe(2);
  });
});

describe('the new model', () => {
  const make = (args = {}) =>
    chain(
      tf.layers.conv2d({ ...conv, ...image, name: 'conv' }),
      theirs({ name: 'bn', axis: 3, ...args }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2 }),
    );
  const images = () => sample([2, 6, 6, 3]);

  it('keeps the options of gamma and beta, names, and what is trainable', () => {
    const model = make({ gammaRegularizer: 'l1l2', betaConstraint: 'nonNeg' });
    model.layers[0]!.trainable = false;
    model.layers[1]!.trainable = false;
    const { model: copy } = replaceNormalization(model, 'group', { groups: 2, epsilon: 0.5 });
    expect(copy.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    expect(copy.layers[1]!.getConfig()).toMatchObject({
      ...{ groups: 2, epsilon: 0.5, axis: 3, trainable: false },
      gammaRegularizer: { className: 'L1L2' },
      betaConstraint: { className: 'NonNeg' },
    });
    const names = model.weights
      .map(({ originalName }) => originalName)
      .filter((name) => !/moving/.test(name));
    expect(copy.weights.map(({ originalName }) => originalName).sort()).toEqual(names.sort());
    expect(copy.trainableWeights).toHaveLength(2);
  });

  it('has as many groups as a function says, and replaces only what it is told', () => {
    const model = chain(
      chain(dense({ units: 6, ...input }), ours({ name: 'a' })),
      dense({ units: 8 }),
      ours({ name: 'b' }),
    );
    const groups = (channels: number) => channels / 2;
    const { model: copy, replaced } = replaceNormalization(model, 'group', { groups });
    expect(replaced.map(({ layer }) => layer.split('/').at(-1))).toEqual(['a', 'b']);
    expect(copy.layers[2]!.getConfig().groups).toBe(4);
    const matches = (layer: string) => layer.match(/^b$/) as unknown as boolean;
    for (const only of [(layer: string) => layer === 'b', matches]) {
      const some = replaceNormalization(model, 'group', { groups, only });
      expect(some.replaced.map(({ layer }) => layer)).toEqual(['b']);
      expect(some.left).toEqual([]);
    }
  });

  it('is trained, saved and loaded, and leaves the old one as it was', async () => {
    const model = make();
    randomize(model);
    const before = model.weights.map(numbersOf);
    const { model: copy } = replaceNormalization(model, 'layer');
    copy.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await copy.trainOnBatch(images(), tf.ones([2, 2]));
    expect(model.weights.map(numbersOf)).toEqual(before);
    const loaded = await savedAndLoaded(copy);
    expectClose(predict(loaded, images()), predict(copy, images()));
    model.dispose();
    expect(predict(copy, images()).every(Number.isFinite)).toBe(true);
  });

  it('leaks nothing, and nothing is left of a failure', () => {
    const model = make();
    const { numTensors } = tf.memory();
    replaceNormalization(model, 'instance').model.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
    class Unreadable extends tf.layers.Layer {
      static readonly className = 'Unreadable';
      static override fromConfig(): never {
        throw new Error('no such thing');
      }
    }
    model.add(new Unreadable({ name: 'last' }));
    expect(() => replaceNormalization(model, 'instance')).toThrow(
      /layer 'last' cannot be copied.*no such thing/,
    );
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("of 'batch' begins with moving statistics anew", () => {
    const { model, replaced } = replaceNormalization(
      chain(new GroupNormalization({ groups: 1, ...input })),
      'batch',
      {
        momentum: 0.5,
      },
    );
    expect(replaced[0]!.renewed).toEqual(['moving_mean', 'moving_variance']);
    expect(model.layers[0]!.getConfig().momentum).toBe(0.5);
    expect(model.layers[0]!.weights.slice(-2).map(numbersOf)).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });

  it("of 'batch' keeps the momentum of tf.layers' own, unless it is given another", () => {
    const model = chain(theirs({ ...input, momentum: 0.9 }));
    const momentumOf = (options: object) =>
      replaceNormalization(model, 'batch', options).model.layers[0]!.getConfig().momentum;
    expect(momentumOf({})).toBe(0.9);
    expect(momentumOf({ momentum: 0.5 })).toBe(0.5);
  });

  it('has frozen layers frozen', () => {
    const { model } = replaceNormalization(freezeBatchNorms(chain(dense(input), theirs())), 'group', {
      groups: 3,
    });
    expect(model.trainableWeights).toHaveLength(2);
  });
});
