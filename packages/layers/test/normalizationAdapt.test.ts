/** Normalization adapts to data of any kind. */
import '@bn/cpu-ref';
import { ShapeError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Normalization } from '../src/index.js';
import { savedAndLoaded } from './support/models.js';
import { statisticsOf, valuesOf } from './support/normalizationValues.js';

describe('adapt', () => {
  beforeEach(() => useBackend('cpu'));
  afterEach(() => tf.disposeVariables());

  /** 1e4 + noise, in which float32 sums would lose the variance. */
  const numbers = Array.from({ length: 90 }, (_, i) => 1e4 + Math.fround(Math.sin(i * 7.1)));
  const whole = () => tf.tensor(numbers, [45, 2]);
  const features = [0, 1].map((k) => numbers.map(Math.fround).filter((_, i) => i % 2 === k));
  const batches = () => [
    tf.tensor(numbers.slice(0, 40), [20, 2]),
    tf.tensor(numbers.slice(40, 42), [1, 2]),
    tf.tensor(numbers.slice(42), [24, 2]),
  ];
  function* generated() {
    yield* batches();
  }
  async function* asynchronous() {
    yield* batches();
  }
  const labelled = () => batches().map((x) => [x, tf.ones([x.shape[0]!])] as [tf.Tensor, tf.Tensor]);

  it.each([
    ['a tensor', whole],
    ['an array', () => whole().arraySync()],
    ['a list of batches', batches],
    ['a generator', generated],
    ['an asynchronous generator', asynchronous],
    ['batches with labels', labelled],
    ['batches as xs and ys', () => labelled().map(([xs, ys]) => ({ xs, ys }))],
    ['a dataset', () => tf.data.array(whole().arraySync() as number[][]).batch(7)],
    [
      'a dataset with labels',
      () =>
        tf.data
          .array(whole().arraySync() as number[][])
          .map((x) => ({ xs: x, ys: 1 }) as never)
          .batch(7),
    ],
  ] as [string, () => Parameters<Normalization['adapt']>[0]][])('takes %s, exactly', async (_, make) => {
    const layer = new Normalization();
    await layer.adapt(make());
    layer.apply(tf.ones([1, 2]));
    const [mean, variance, count] = layer.getWeights().map(valuesOf);
    const wanted = features.map(statisticsOf);
    expect(mean).toEqual(wanted.map((feature) => Math.fround(feature.mean)));
    wanted.forEach((feature, k) => {
      expect(Math.abs(variance![k]! / feature.variance - 1)).toBeLessThan(1e-6);
    });
    expect(count).toEqual([45]);
  });

  it('disposes of the batches of a dataset, and of no others', async () => {
    const layer = new Normalization();
    const mine = batches();
    const dataset = tf.data.array(whole().arraySync() as number[][]).batch(7);
    const before = tf.memory().numTensors;
    await layer.adapt(mine);
    await layer.adapt(dataset);
    expect(tf.memory().numTensors).toBe(before);
    expect(mine.every((batch) => !batch.isDisposed)).toBe(true);
  });

  it.each([Float32Array, Float64Array, Int16Array, Uint8ClampedArray])(
    'takes numbers in a %o',
    async (Kind) => {
      for (const data of [new Kind([2, 4]), [new Kind([2]), new Kind([4])]]) {
        const layer = new Normalization({ axis: null });
        await layer.adapt(data as never);
        layer.apply(tf.ones([1, 1]));
        expect(layer.getWeights().map(valuesOf)).toEqual([[3], [1], [2]]);
      }
      const big = new BigInt64Array([1n, 2n]);
      await expect(new Normalization().adapt(big as never)).rejects.toThrow('hold numbers only');
    },
  );

  it.each([
    ['of integers and numbers', [Uint8Array.of(1, 2), [0.5, 1.5]]],
    ['of integers and floats', [Int32Array.of(1, 2), Float32Array.of(0.5, 1.5)]],
    ['deeper inside', [[Uint8ClampedArray.of(1, 2)], [[0.5, 1.5]]]],
  ])('keeps the fractions of rows %s', async (_, data) => {
    const layer = new Normalization();
    await layer.adapt(data as never);
    layer.apply(tf.ones(data[0]!.length === 1 ? [1, 1, 2] : [1, 2]));
    expect(layer.getWeights().map(valuesOf)).toEqual([[0.75, 1.75], [0.0625, 0.0625], [2]]);
  });

  it('tells a Sequential the shape of the last data, unless the layer was given one', async () => {
    const layer = new Normalization();
    await layer.adapt(tf.ones([2, 5, 3]));
    await layer.adapt(tf.ones([4, 2, 3]));
    expect(tf.sequential({ layers: [layer] }).inputs[0]!.shape).toEqual([null, 2, 3]);
    const given = new Normalization({ inputShape: [null as unknown as number, 3] });
    await given.adapt(tf.ones([4, 2, 3]));
    const sequential = tf.sequential({ layers: [given] });
    expect(sequential.inputs[0]!.shape).toEqual([null, null, 3]);
    const loaded = await savedAndLoaded(sequential);
    expect(loaded.inputs[0]!.shape).toEqual([null, null, 3]);
  });

  it('tells a Sequential the sizes that all batches share', async () => {
    const layer = new Normalization();
    await layer.adapt([tf.ones([2, 5, 4, 3]), tf.ones([2, 7, 4, 3]), tf.ones([2, 5, 4, 3])]);
    const sequential = tf.sequential({ layers: [layer] });
    expect(sequential.inputs[0]!.shape).toEqual([null, null, 4, 3]);
    expect((sequential.predict(tf.ones([1, 6, 4, 3])) as tf.Tensor).shape).toEqual([1, 6, 4, 3]);
  });

  it('leaves the shape of a layer in a model as it is', async () => {
    const layer = new Normalization();
    await layer.adapt([tf.ones([2, 5, 3]), tf.ones([2, 7, 3])]);
    const sequential = tf.sequential({ layers: [layer] });
    await layer.adapt(tf.ones([2, 7, 3]));
    expect((await savedAndLoaded(sequential)).inputs[0]!.shape).toEqual([null, null, 3]);
    const inside = new Normalization();
    inside.apply(tf.input({ shape: [null as unknown as number, 3] }));
    await inside.adapt(tf.ones([2, 7, 3]));
    expect(inside.batchInputShape).toBeUndefined();
  });

  it('refuses batches of different ranks', async () => {
    const layer = new Normalization();
    const adapted = layer.adapt([tf.ones([2, 3]), tf.ones([2, 4, 3])]);
    await expect(adapted).rejects.toThrow(ShapeError);
    await expect(adapted).rejects.toThrow(
      `Normalization '${layer.name}': adapt takes batches of one rank, got batches of ranks 2 and 3`,
    );
  });

  it('replaces what was there, also in a layer that is built', async () => {
    const layer = new Normalization({ axis: null });
    layer.apply(tf.ones([1, 2]));
    await layer.adapt([[1, 1]]);
    await layer.adapt([[2, 4]]);
    expect(layer.getWeights().map(valuesOf)).toEqual([[3], [1], [2]]);
  });

  it.each([
    ['no batches', [], 'adapt got no values; a generator may have been used up before'],
    ['a number', 3, 'adapt takes a tensor, an array, batches of them or a dataset of tf.data, got number'],
    ['batches of strings', ['a'], 'adapt takes batches of tensors or arrays, got a batch of string'],
  ])('refuses %s', async (_, data, message) => {
    await expect(new Normalization().adapt(data as never)).rejects.toThrow(`Normalization '`);
    await expect(new Normalization().adapt(data as never)).rejects.toThrow(message);
  });

  const pair = [[1, 2]];
  it.each([
    [
      'rows of different lengths',
      () => [[1, 2], [3]],
      'an array must have rows of one length and hold numbers only',
    ],
    [
      'batches of different sizes in arrays',
      () => [[...pair, [3, 4]], pair],
      'make a tensor of each batch if they differ in size or have labels',
    ],
    ['labels in arrays', () => [[pair, [0]]], 'an array must have rows of one length'],
    ['what is no number behind numbers', () => [[1, 'a']], 'hold numbers only'],
    ['strings', () => tf.tensor([['a', 'b']]), 'adapt takes numbers, got a tensor of dtype string'],
    [
      'NaN',
      () => tf.tensor([[1, Number.NaN]]),
      'adapt got a mean of NaN at index 1, so that nothing was changed',
    ],
    ['infinity', () => [[1, Number.NEGATIVE_INFINITY]], 'adapt got a mean of -Infinity at index 1'],
    ['a variance beyond float32', () => [[1e30], [-1e30]], 'adapt got a variance of'],
  ])('refuses %s, and keeps what it had', async (_, make, message) => {
    const layer = new Normalization({ axis: -1 });
    const data = make();
    const before = tf.memory().numTensors;
    await expect(layer.adapt(data as never)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
    await layer.adapt([[2, 3]]);
    await expect(layer.adapt(data as never)).rejects.toThrow(message);
    layer.apply(tf.ones([1, 2]));
    expect(layer.getWeights().map(valuesOf)[0]).toEqual([2, 3]);
  });

  it('refuses data of another shape than the input, or than the batch before', async () => {
    const layer = new Normalization();
    layer.apply(tf.ones([1, 3]));
    await expect(layer.adapt(tf.ones([4, 2]))).rejects.toThrow(
      'adapt takes data of the shape of the input, [1,3], got [4,2]',
    );
    const changing = new Normalization().adapt([tf.ones([4, 2]), tf.ones([4, 3])]);
    await expect(changing).rejects.toThrow('adapt got batches of 2 and of 3 values along axis');
    const other = new Normalization();
    await other.adapt(tf.ones([4, 2]));
    expect(() => other.apply(tf.ones([1, 3]))).toThrow('it was adapted to 2 means, and the input wants [3]');
  });

  it('has nothing to do if mean and variance are given', async () => {
    await expect(new Normalization({ mean: 0, variance: 1 }).adapt([[1]])).rejects.toThrow(
      'there is nothing to adapt',
    );
  });
});
