/** The part of preprocessing/normalization_test.py about the data that `adapt` takes. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { Normalization } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, combinations, type KerasTest, otherwise } from './kerasTest.js';
import { apply, expectStandard, type GroupOf, valuesOf } from './numbers.js';

type Data = Parameters<Normalization['adapt']>[0];

const uniform = (shape: number[]): tf.Tensor => tf.randomUniform(shape, 0, 1, 'float32', 3);
const features: GroupOf = (index) => index.at(-1)!;
const all: GroupOf = () => 'all';
/** The axes 1 and 2. */
const middle: GroupOf = (index) => `${index[1]} ${index[2]}`;

/** After `adapt` x is mapped to mean 0 and variance 1. */
async function standardizes(
  data: Data,
  x: tf.Tensor,
  groupOf: GroupOf = features,
  axis: number | number[] | null = -1,
): Promise<void> {
  const norm = new Normalization({ axis });
  await norm.adapt(data);
  expectStandard(apply(norm, x), groupOf, 1e-5);
  expect(norm.built).toBe(true);
}

const batches = (x: tf.Tensor, size: number): tf.Tensor[] => tf.split(x, x.shape[0]! / size);
const dataset = (x: tf.Tensor, size: number) =>
  tf.data.array(x.arraySync() as number[][]).batch(size) as never;
function* generated(x: tf.Tensor, size: number) {
  yield* batches(x, size);
}
async function* asynchronous(x: tf.Tensor, size: number) {
  yield* batches(x, size);
}
function* empty(): Generator<tf.Tensor> {}

const kinds: Record<string, (x: tf.Tensor) => Data> = {
  array: (x) => x.arraySync(),
  tensor: (x) => x,
  dataset: (x) => dataset(x, 8),
};

const refused = (data: unknown, message: string | RegExp, norm = new Normalization()) =>
  expect(norm.adapt(data as Data)).rejects.toThrow(message);
const noValues = 'adapt got no values';

/** Batches of images, alone or with what else a batch has. */
async function ofObjects(kind: string): Promise<void> {
  function* images() {
    for (let seed = 0; seed < 5; seed++) {
      const x = tf.randomUniform([4, 6, 6, 3], 0, 1, 'float32', seed);
      const batch = [x, tf.zeros([4]), tf.ones([4])].slice(0, { x: 1, 'x and y': 2 }[kind] ?? 3);
      yield batch.length === 1 ? x : (batch as [tf.Tensor, ...tf.Tensor[]]);
    }
  }
  const norm = new Normalization();
  await norm.adapt(images());
  const y = apply(norm, uniform([1, 6, 6, 3]));
  expect(y.shape).toEqual([1, 6, 6, 3]);
  const [mean, variance, count] = norm.getWeights();
  expect([mean!.shape, variance!.shape]).toEqual([[3], [3]]);
  expect(valuesOf(count!)).toEqual([5 * 4 * 36]);
}

export const adaptation: readonly KerasTest[] = [
  agrees(
    'test_normalization_adapt',
    'mean 0 and variance 1 after `adapt`, per feature and over two axes; by kind of data',
    {
      ...combinations({ data: Object.keys(kinds) }, ({ data }) =>
        standardizes(kinds[data!]!(uniform([32, 4])), uniform([32, 4])),
      ),
      ...Object.fromEntries(
        Object.entries(kinds).map(([name, make]) => [
          `data "${name}", axis [1, 2]`,
          () => standardizes(make(uniform([32, 4, 3, 5])), uniform([32, 4, 3, 5]), middle, [1, 2]),
        ]),
      ),
    },
  ),
  otherwise(
    'differs',
    'test_normalization_adapt',
    'the layer is built by `adapt`',
    'the weights are made when the layer is first applied, under the name of the layer in its model; they have the adapted values',
    {
      'built when applied': async () => {
        const norm = new Normalization();
        await norm.adapt([[1, 2]]);
        expect([norm.built, norm.getWeights().length]).toEqual([false, 0]);
        norm.apply(tf.input({ shape: [2] }));
        expect(norm.getWeights().map(valuesOf)).toEqual([[1, 2], [0, 0], [1]]);
      },
    },
  ),
  agrees(
    'test_normalization_adapt_with_incompatible_shape',
    'data of other features than the layer was built for are refused',
    {
      '3 features in place of 5': () => {
        const norm = new Normalization({ axis: -1 });
        norm.build([10, 5]);
        return refused(
          uniform([10, 3]),
          'adapt takes data of the shape of the input, [10,5], got [10,3]',
          norm,
        );
      },
    },
  ),
  otherwise(
    'in another form',
    'test_adapt_pydataset_compat',
    'a PyDataset of images, of images with labels, and of these with weights',
    'PyDataset is a class of Python: a generator of batches, alone or in a list with labels and weights',
    combinations({ batch: ['x', 'x and y', 'x, y and weights'] }, ({ batch }) => ofObjects(batch!)),
  ),
  agrees('test_adapt_list_of_batches', 'a list of batches', {
    'four batches': () => standardizes(batches(uniform([32, 4]), 8), uniform([32, 4])),
  }),
  agrees('test_adapt_generator', 'a generator of batches', {
    'four batches': () => standardizes(generated(uniform([32, 4]), 8), uniform([32, 4])),
  }),
  agrees('test_adapt_iterable_same_result_as_ndarray', 'batches give what the whole data give', {
    'four batches and one': async () => {
      const x = uniform([64, 5]);
      const [ofBatches, ofAll] = [new Normalization(), new Normalization()];
      await ofBatches.adapt(batches(x, 16));
      await ofAll.adapt(x);
      expectClose(valuesOf(apply(ofBatches, x)), valuesOf(apply(ofAll, x)), 1e-6);
    },
  }),
  agrees('test_adapt_iterable_with_tuples', 'batches with labels', {
    'three batches': () =>
      standardizes(
        batches(uniform([24, 3]), 8).map((x): [tf.Tensor, tf.Tensor] => [x, tf.zeros([8])]),
        uniform([24, 3]),
      ),
  }),
  agrees('test_adapt_iterable_axis_none', 'one mean and variance for all values', {
    'axis null': () => standardizes(batches(uniform([20, 2, 3]), 5), uniform([20, 2, 3]), all, null),
  }),
  agrees('test_adapt_empty_iterable_raises', 'an empty list is refused', {
    '[]': () => refused([], noValues),
  }),
  agrees('test_adapt_empty_generator_raises', 'a generator of nothing is refused', {
    'no batch': () => refused(empty(), noValues),
  }),
  agrees('test_adapt_iterable_incompatible_shape_raises', 'batches of different features are refused', {
    '4 and 6 features': () =>
      refused([uniform([8, 4]), uniform([8, 6])], 'adapt got batches of 4 and of 6 values along axis'),
  }),
  agrees('test_adapt_iterable_batch_without_shape_raises', 'a batch that is a number is refused', {
    '42': () => {
      const numbers = (function* () {
        yield 42;
      })();
      return refused(numbers, 'adapt takes batches of tensors or arrays, got a batch of number');
    },
  }),
  agrees('test_adapt_iterable_single_batch', 'a list of one batch', {
    'one batch': () => standardizes([uniform([16, 4])], uniform([16, 4])),
  }),
  agrees('test_adapt_iterable_high_dim_axis_tuple', 'batches of rank 4, over two axes', {
    'axis [1, 2]': () =>
      standardizes(batches(uniform([32, 4, 3, 5]), 8), uniform([32, 4, 3, 5]), middle, [1, 2]),
  }),
  agrees('test_adapt_iterator_of_batches', 'an iterator over batches', {
    'four batches': () => standardizes(batches(uniform([24, 3]), 6).values(), uniform([24, 3])),
  }),
  otherwise(
    'cannot be',
    'test_adapt_grain_dataset',
    'a dataset of Grain',
    'Grain is a library of Python; an asynchronous generator reads from wherever data come',
    {
      'an asynchronous generator': () => standardizes(asynchronous(uniform([24, 3]), 8), uniform([24, 3])),
    },
  ),
  agrees('test_adapt_tf_dataset_with_labels', 'a dataset with labels; features that never vary', {
    'ones with labels': async () => {
      const pairs = Array.from({ length: 32 }, () => ({ xs: [1, 1, 1], ys: 1 }));
      const norm = new Normalization();
      await norm.adapt(tf.data.array(pairs).batch(8) as never);
      apply(norm, tf.ones([1, 3]));
      expect(norm.getWeights().slice(0, 2).map(valuesOf)).toEqual([
        [1, 1, 1],
        [0, 0, 0],
      ]);
    },
  }),
];
