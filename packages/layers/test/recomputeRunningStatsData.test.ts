/** The data of which moving statistics are made anew. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { batchNormLayers, recomputeRunningStats } from '../src/index.js';
import { expectClose, sample } from './support/compare.js';
import { chain, ours, type Symbolic } from './support/folding.js';
import { all, batches, expectStatistics, movingOf, random } from './support/recomputed.js';
import { testsInScope } from './support/scope.js';
import { statisticsOf } from './support/statistics.js';
import { input } from './support/wholeModels.js';

testsInScope('cpu');

describe('the data', () => {
  const model = () => random(chain(ours(input)));
  const check = async (data: unknown) => {
    const each = model();
    await recomputeRunningStats(each, data as tf.Tensor);
    expectStatistics(each.layers[0]!, all());
  };

  it('may be a tensor, arrays, a generator, or a dataset, with labels or without', async () => {
    await check(all());
    await check(all().arraySync());
    await check(batches().map((xs) => ({ xs: xs.arraySync() })));
    await check(batches().map((x) => [x, tf.ones([1])]));
    await check(batches().map((xs) => ({ xs, ys: tf.ones([1]) })));
    await check(
      (async function* () {
        yield* batches();
      })(),
    );
    await check(
      tf.data.generator(function* () {
        yield* batches();
      } as never),
    );
    await check(
      tf.data.generator(function* () {
        for (const xs of batches()) yield { xs, ys: tf.ones([1]) };
      } as never),
    );
  });

  it('may not be rows of different lengths', async () => {
    const model = random(chain(ours({ inputShape: [2] })));
    const uneven = recomputeRunningStats(model, [[1, 2], [3]]);
    await expect(uneven).rejects.toThrow('an array must have rows of one length and hold numbers only');
    const dataset = tf.data.array([[1, 2], [3]]).batch(2);
    await expect(recomputeRunningStats(model, dataset)).rejects.toThrow(
      'recomputeRunningStats: the dataset has rows of different lengths',
    );
  });

  it('of a model with several inputs is a list or has their names', async () => {
    const make = () => {
      const [a, b] = ['a', 'b'].map((name) => tf.input({ shape: [3], name }));
      const sum = tf.layers.concatenate();
      return random(tf.model({ inputs: [a!, b!], outputs: ours().apply(sum.apply([a!, b!])) as Symbolic }));
    };
    const [a, b] = [sample([4, 3]), sample([4, 3], 2)];
    const expected = tf.concat([a, b], 1);
    for (const batch of [
      [a, b],
      { b, a },
      { xs: [a, b] },
      { xs: { b, a } },
      [[a, b], 1],
      [{ a, b }, tf.ones([1])],
    ]) {
      const each = make();
      await recomputeRunningStats(each, [batch as tf.Tensor[]]);
      expectStatistics(batchNormLayers(each)[0]!, expected);
    }
    await expect(recomputeRunningStats(make(), [a])).rejects.toThrow(
      /^recomputeRunningStats: a batch must be a list of 2 tensors for the inputs a, b, .* got one tensor$/,
    );
    await expect(recomputeRunningStats(make(), [[a, sample([5, 3])]])).rejects.toThrow(
      /^recomputeRunningStats: a batch must have the shape \[4, 3\] for the input b, got \[5, 3\]$/,
    );
  });

  it('may be made with the model itself', async () => {
    const each = model();
    await recomputeRunningStats(
      each,
      (function* () {
        for (const x of batches()) {
          each.predict(tf.add(x, 100));
          yield x;
        }
      })(),
    );
    expectStatistics(each.layers[0]!, all());
  });

  it('may have a large offset', async () => {
    const each = model();
    await recomputeRunningStats(
      each,
      batches().map((x) => tf.add(x, 1e4)),
    );
    expectClose(movingOf(each.layers[0]!)[1]!, statisticsOf(all()).variance, 1e-3);
  });
});
