/** Normalization: numbers, and life in models. */
import '@bn/cpu-ref';
import '@bn/wasm';
import '@bn/wasm-train';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Normalization } from '../src/index.js';
import { expectClose } from './support/compare.js';
import { savedAndLoaded } from './support/models.js';
import { statisticsOf, valuesOf } from './support/normalizationValues.js';

const output = (layer: tf.layers.Layer, x: tf.Tensor): number[] =>
  tf.tidy(() => valuesOf(layer.apply(x) as tf.Tensor));
const table = () => tf.tensor([0, 7, 4, 2, 9, 6, 0, 7, 4, 2, 9, 6], [4, 3]);

describe.each(['cpu', 'wasm'])('Normalization on %s', (backend) => {
  let before: number;
  beforeEach(async () => {
    await useBackend(backend);
    before = tf.memory().numTensors;
  });
  afterEach(() => tf.disposeVariables());

  it('maps by the mean and the variance of each feature, and back with invert', async () => {
    const layer = new Normalization();
    await layer.adapt(table());
    expect(output(layer, tf.tensor([[0, 7, 4]]))).toEqual([-1, -1, -1]);
    const inverse = new Normalization({ invert: true });
    await inverse.adapt(table());
    expect(output(inverse, tf.tensor([[1, 2, 3]]))).toEqual([2, 10, 8]);
  });

  it('has the weights of Keras: mean, variance and count', async () => {
    const layer = new Normalization();
    await layer.adapt(table());
    layer.apply(table());
    expect(layer.trainableWeights).toEqual([]);
    expect(layer.getWeights().map(valuesOf)).toEqual([[1, 8, 5], [1, 1, 1], [4]]);
    expect(layer.weights.map(({ originalName }) => originalName.split('/').at(-1))).toEqual([
      ...['mean', 'variance', 'count'],
    ]);
  });

  it.each([
    ['null', null, [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]],
    ['[]', [], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]],
    [
      '-1',
      -1,
      [
        [0, 2, 4, 6, 8, 10],
        [1, 3, 5, 7, 9, 11],
      ],
    ],
    [
      '1',
      1,
      [
        [0, 1, 6, 7],
        [2, 3, 8, 9],
        [4, 5, 10, 11],
      ],
    ],
    [
      '[2, 1]',
      [2, 1],
      [
        [0, 6],
        [1, 7],
        [2, 8],
        [3, 9],
        [4, 10],
        [5, 11],
      ],
    ],
  ] as [string, number | number[] | null, number[][]][])('keeps axis %s', async (_, axis, groups) => {
    const x = tf.tensor(
      Array.from({ length: 12 }, (__, i) => i),
      [2, 3, 2],
    );
    const layer = new Normalization({ axis });
    await layer.adapt(x);
    layer.apply(x);
    const [mean, variance, count] = layer.getWeights().map(valuesOf);
    const wanted = groups.map(statisticsOf);
    expectClose(
      mean!,
      wanted.map((group) => group.mean),
    );
    expectClose(
      variance!,
      wanted.map((group) => group.variance),
    );
    expect(count).toEqual([groups[0]!.length]);
  });

  it('takes statistics given as numbers, without weights', () => {
    const layer = new Normalization({ mean: 3, variance: 2 });
    expectClose(output(layer, tf.tensor([[1], [2], [3]])), [-Math.SQRT2, -Math.SQRT1_2, 0]);
    expect(layer.weights).toEqual([]);
    const rows = new Normalization({ axis: [1, 2], mean: [[1], [2]], variance: [[4], [9]] });
    expectClose(output(rows, tf.tensor([1, 3, 2, 5], [1, 2, 2])), [0, 1, 0, 1]);
  });

  it('takes statistics given as typed arrays, and saves them as lists', () => {
    const layer = new Normalization({ mean: Float64Array.of(1, 2), variance: [4, 9] });
    expectClose(output(layer, tf.tensor([[3, 5]])), [1, 1]);
    expect(layer.getConfig()).toMatchObject({ mean: [1, 2], variance: [4, 9] });
    const rows = [Float32Array.of(1, 2)] as never;
    expect(new Normalization({ mean: rows, variance: rows }).getConfig()).toMatchObject({ mean: [[1, 2]] });
  });

  it('divides by 1e-7 at least, so that a feature that never varies does not become NaN', async () => {
    const layer = new Normalization();
    await layer.adapt(tf.tensor([[5], [5], [5]]));
    expectClose(output(layer, tf.tensor([[5], [6]])), [0, 1e7]);
  });

  it('has a gradient in x', async () => {
    const layer = new Normalization();
    await layer.adapt(table());
    const gradient = tf.grad((x) => tf.sum(layer.apply(x) as tf.Tensor))(tf.ones([1, 3]));
    expect(valuesOf(gradient)).toEqual([1, 1, 1]);
  });

  it('leaves its result alone, and adapt nothing', async () => {
    const layer = new Normalization();
    const x = table();
    tf.dispose(layer.apply(x) as tf.Tensor);
    const there = tf.memory().numTensors;
    await layer.adapt(x);
    expect(tf.memory().numTensors).toBe(there);
    tf.dispose(layer.apply(x) as tf.Tensor);
    expect(tf.memory().numTensors).toBe(there);
    x.dispose();
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is saved and loaded in a model that was trained, shared and nested', async () => {
    const layer = new Normalization();
    await layer.adapt(table());
    const [a, b] = [tf.input({ shape: [3] }), tf.input({ shape: [3] })];
    const inner = tf.sequential({ layers: [layer, tf.layers.dense({ units: 2, inputShape: [3] })].slice(1) });
    const branch = (input: tf.SymbolicTensor) => inner.apply(layer.apply(input)) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([branch(a), branch(b)]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [a, b], outputs: sum });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const inputs = [table(), table()];
    await model.fit(inputs, tf.ones([4, 2]), { verbose: 0 });
    expect(valuesOf(layer.getWeights()[0]!)).toEqual([1, 8, 5]);
    const loaded = await savedAndLoaded(model);
    expect(loaded.getLayer(layer.name)).toBeInstanceOf(Normalization);
    expect(valuesOf(loaded.predict(inputs) as tf.Tensor)).toEqual(
      valuesOf(model.predict(inputs) as tf.Tensor),
    );
  });
});

describe('an option that cannot be', () => {
  it.each([
    [{ mean: 1 }, 'mean and variance must be given both or not at all'],
    [{ variance: 1 }, 'mean and variance must be given both or not at all'],
    [{ mean: [1, 2], variance: 1 }, 'must be finite numbers of one shape'],
    [{ mean: 1, variance: -1 }, 'variance not negative'],
    [{ axis: [1, 2], mean: [1, 2], variance: [[1], [2]] }, 'must be finite numbers of one shape'],
    [{ axis: [1, 2], mean: [[1, 2], [3]], variance: [[1, 2], [3]] }, 'must be finite numbers of one shape'],
    [{ mean: 'a', variance: 'b' }, 'must be finite numbers of one shape'],
    [{ axis: 1.5 }, 'axis must be an integer or a list of integers, got 1.5'],
    [{ axes: 1 }, "unknown option 'axes'"],
  ])('%j is refused', (args, message) => {
    expect(() => new Normalization(args as never)).toThrow(message);
  });

  it('is refused when the input is known', () => {
    const x = tf.ones([2, 3]);
    expect(() => new Normalization({ axis: 3 }).apply(x)).toThrow('axis must be in [-2, 2)');
    expect(() => new Normalization({ mean: [1, 2], variance: [1, 2] }).apply(x)).toThrow(
      'mean and variance must broadcast to the sizes of axis, [3], got shape [2]',
    );
    const input = tf.input({ shape: [null as unknown as number] });
    expect(() => new Normalization().apply(input)).toThrow('must have a fixed size');
  });
});
