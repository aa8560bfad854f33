/** preprocessing/normalization_test.py, but for the data that `adapt` takes. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { Normalization, type NormalizationArguments } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, type KerasTest, otherwise } from './kerasTest.js';
import { layerTest } from './layerTest.js';
import { adaptation } from './normalizationAdapt.js';
import { apply, valuesOf } from './numbers.js';

const layer = (args: NormalizationArguments) => (more?: object) => new Normalization({ ...args, ...more });
const given = { mean: [0.5, 0.2, -0.1], variance: [0.1, 0.2, 0.3] };
const expected = { shape: [2, 3], trainable: 0, nonTrainable: 0 };

/** x of the values that the mean and the variance have at each place. */
const standard = (x: tf.Tensor, mean: (index: number[]) => number): number[] => {
  const { shape, strides } = x;
  return valuesOf(x).map(
    (value, flat) => value - mean(shape.map((size, i) => Math.floor(flat / (strides[i] ?? 1)) % size)),
  );
};

/** The mean at each place of the axes, with a variance of 1. */
function broadcasts(
  axis: number | number[],
  shape: number[],
  mean: number[] | number[][],
  at: (index: number[]) => number,
) {
  const variance = tf.onesLike(tf.tensor(mean)).arraySync() as number[];
  const x = tf.randomNormal(shape, 0, 1, 'float32', 1);
  const norm = new Normalization({ axis, mean, variance });
  expectClose(valuesOf(apply(norm, x)), standard(x, at), 1e-6);
}

const both = 'Normalization: mean and variance must be given both or not at all';
const build = (axis: number, shape: (number | null)[]) => () => new Normalization({ axis }).build(shape);

export const normalization: readonly KerasTest[] = [
  agrees(
    'test_normalization_basics',
    'the layer test: three weights; none with given mean and variance, also inverted',
    {
      'no options': () => layerTest(layer({ axis: -1 }), { ...expected, nonTrainable: 3 }),
      'mean and variance': () => layerTest(layer({ axis: -1, ...given }), expected),
      invert: () => layerTest(layer({ axis: -1, ...given, invert: true }), expected),
    },
  ),
  agrees('test_normalization_with_mean_only_raises_error', 'a mean without a variance is refused', {
    'mean 0.5': () => expect(layer({ mean: 0.5 })).toThrow(both),
  }),
  agrees('test_normalization_with_variance_only_raises_error', 'a variance without a mean is refused', {
    'variance 0.1': () => expect(layer({ variance: 0.1 })).toThrow(both),
  }),
  agrees('test_normalization_axis_too_high', 'an axis above the rank is refused', {
    'axis 3 of rank 2': () => expect(build(3, [2, 2])).toThrow('axis must be in [-2, 2)'),
  }),
  agrees('test_normalization_axis_too_low', 'an axis below the rank is refused', {
    'axis -4 of rank 3': () => expect(build(-4, [2, 3, 4])).toThrow('axis must be in [-3, 3)'),
  }),
  agrees('test_normalization_unknown_axis_shape', 'a kept axis of no fixed size is refused', {
    'axis 1 of [null, null]': () =>
      expect(build(1, [null, null])).toThrow('axis 1 of the input must have a fixed size'),
  }),
  agrees('test_normalization_with_scalar_mean_var', 'one mean and one variance for all features', {
    'mean 3, variance 2': () => {
      const y = apply(new Normalization({ mean: 3, variance: 2 }), tf.tensor([[1, 2, 3]]));
      expectClose(valuesOf(y), [-Math.SQRT2, -Math.SQRT1_2, 0], 1e-6);
    },
  }),
  agrees('test_tf_data_compatibility', 'the layer maps the batches of a dataset', {
    'given statistics': () => mapsDataset(new Normalization({ axis: -1, ...given })),
    adapted: async () => {
      const norm = new Normalization({ axis: -1 });
      await norm.adapt(tf.randomUniform([32, 3], 0, 1, 'float32', 1));
      await mapsDataset(norm);
    },
  }),
  otherwise(
    'in another form',
    'test_broadcast_non_scalar_middle_axis',
    'the mean of an axis in the middle is spread over the others',
    'the mean is not readable, the output shows it',
    {
      'axis 2 of rank 4': () => broadcasts(2, [2, 4, 5, 3], [1, 2, 3, 4, 5], (index) => index[2]! + 1),
    },
  ),
  otherwise(
    'in another form',
    'test_broadcast_multiple_axes',
    'the mean of two axes is spread over the others',
    'the mean is not readable, the output shows it',
    {
      'axes 1 and 2': () =>
        broadcasts(
          [1, 2],
          [2, 3, 4, 3],
          [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => 10 * row + column)),
          ([, row, column]) => 10 * row! + column!,
        ),
    },
  ),
  otherwise(
    'in another form',
    'test_broadcast_partial_keep_axis',
    'a mean of fewer axes belongs to the last ones',
    'the mean is not readable, the output shows it',
    {
      'five values for axes 1 and 2': () =>
        broadcasts([1, 2], [2, 7, 5, 3], [1, 2, 3, 4, 5], (index) => index[2]! + 1),
    },
  ),
  otherwise(
    'in another form',
    'test_scalar_broadcast',
    'one mean is spread over all features',
    'the mean is not readable, the output shows it',
    {
      'mean 5': () => {
        const x = tf.randomNormal([3, 7], 0, 1, 'float32', 1);
        const norm = new Normalization({ axis: -1, mean: 5, variance: 1 });
        expectClose(
          valuesOf(apply(norm, x)),
          standard(x, () => 5),
          1e-6,
        );
      },
    },
  ),
  otherwise(
    'cannot be',
    'test_call_on_meta_device_after_built',
    'an adapted layer is called on the meta device of PyTorch, which computes shapes only',
    'TensorFlow.js computes shapes by symbolic calls: an adapted layer is called on `tf.input`',
    {
      'a symbolic call': async () => {
        const norm = new Normalization();
        await norm.adapt(tf.randomUniform([32, 4], 0, 1, 'float32', 1));
        expect((norm.apply(tf.input({ shape: [4] })) as tf.SymbolicTensor).shape).toEqual([null, 4]);
      },
    },
  ),
  ...adaptation,
];

/** The layer gives in a dataset what it gives outside. */
async function mapsDataset(norm: Normalization): Promise<void> {
  const rows = tf.randomUniform([4, 3], 0, 1, 'float32', 2).arraySync() as number[][];
  const expectedRows = rows.map((row) => valuesOf(apply(norm, tf.tensor([row]))));
  const outputs = await tf.data
    .array(rows)
    .batch(1)
    .map((x) => apply(norm, x as tf.Tensor))
    .toArray();
  expect((outputs as tf.Tensor[]).map(valuesOf)).toEqual(expectedRows);
}
