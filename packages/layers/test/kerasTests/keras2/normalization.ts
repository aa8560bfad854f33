/** preprocessing/normalization_test.py of tf.keras 2, what it has beyond that of Keras 3. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { Normalization, type NormalizationArguments } from '../../../src/index.js';
import { expectClose } from '../../support/compare.js';
import { agrees, combinations, type KerasTest, otherwise } from '../kerasTest.js';
import { layerTest } from '../layerTest.js';
import { apply, valuesOf } from '../numbers.js';
import { adapted } from './adapted.js';
import { normalizationModels } from './normalizationModels.js';

const given = (args: NormalizationArguments, x: tf.Tensor) => valuesOf(apply(new Normalization(args), x));
const column = (values: number[]) => tf.tensor(values, [values.length, 1]);

export const normalization: readonly KerasTest[] = [
  agrees('test_broadcasting_during_direct_setting', 'one mean for two features, and no weights', {
    'a list of one': () => {
      const norm = new Normalization({ axis: -1, mean: [1], variance: [1] });
      expect(valuesOf(apply(norm, tf.tensor([[1, 2]])))).toEqual([0, 1]);
      expect(norm.getWeights()).toEqual([]);
    },
  }),
  otherwise(
    'differs',
    'test_broadcasting_during_direct_setting_with_tensors',
    'mean and variance may be tensors',
    'they are numbers and lists, which the config keeps; tensors are refused',
    {
      'tensors of one': () =>
        expect(() =>
          given({ mean: tf.tensor([1]), variance: tf.tensor([1]) } as never, tf.ones([1, 2])),
        ).toThrow('Normalization: mean and variance must be finite numbers of one shape'),
    },
  ),
  agrees(
    'test_broadcasting_during_direct_setting_with_variables_fails',
    'variables in the place of numbers are refused',
    {
      variables: () =>
        expect(() =>
          given(
            { mean: tf.variable(tf.tensor([1])), variance: tf.variable(tf.tensor([2])) } as never,
            tf.ones([1, 2]),
          ),
        ).toThrow('Normalization: mean and variance must be finite numbers of one shape'),
    },
  ),
  agrees('test_1d_data', 'a list of numbers', {
    'four numbers': () =>
      expect(given({ mean: 1, variance: 1 }, tf.tensor([0, 2, 0, 2]))).toEqual([-1, 1, -1, 1]),
  }),
  agrees('test_0d_data', 'one number, without an axis', {
    '0': () => {
      const y = apply(new Normalization({ axis: null, mean: 1, variance: 1 }), tf.scalar(0));
      expect([y.shape, valuesOf(y)]).toEqual([[], [-1]]);
    },
  }),
  agrees('test_keeping_an_unknown_axis_fails', 'a kept axis of no fixed size is refused', {
    '[null]': () =>
      expect(() => new Normalization({ axis: -1 }).build([null])).toThrow('must have a fixed size'),
  }),
  agrees(
    'test_bad_axis_fail_build',
    'an axis outside of the rank is refused by build, alone and in a list',
    combinations({ axis: [3, -4, [1, 3], [1, -4]] }, ({ axis }) =>
      expect(() => new Normalization({ axis: axis! }).build([null, 2, 3])).toThrow('axis must be in [-3, 3)'),
    ),
  ),
  agrees('test_list_input', 'a list of numbers in the place of a tensor is refused', {
    '[1, 2, 3]': () => expect(() => new Normalization().apply([1, 2, 3] as never)).toThrow(),
  }),
  agrees('test_scalar_input', 'a scalar has no last axis, which is refused', {
    '1': () => expect(() => apply(new Normalization(), tf.scalar(1))).toThrow('axis must be in [-0, 0)'),
  }),
  otherwise(
    'cannot be',
    'test_output_dtype',
    'the output is float16 by the dtype of the layer, and float64 by a global policy',
    'TensorFlow.js computes in float32: other dtypes are refused by name, and there is no global policy',
    combinations({ dtype: ['float16', 'float64'] }, ({ dtype }) =>
      expect(() => new Normalization({ mean: 1, variance: 1, dtype: dtype as never })).toThrow(
        `Normalization: dtype must be float32, got "${dtype}"`,
      ),
    ),
  ),
  agrees('test_invert', 'the inverse layer gives the input back', {
    'four numbers': () => {
      const statistics = { mean: 2, variance: 4 };
      const y = given(statistics, tf.tensor([0, 4, 0, 4]));
      expect(given({ ...statistics, invert: true }, tf.tensor(y))).toEqual([0, 4, 0, 4]);
    },
  }),
  agrees('test_invert_adapt', 'the same after `adapt`', {
    'a column': async () => {
      const x = column([0, 4, 0, 4]);
      const [norm, inverse] = [await adapted(x, { axis: -1 }), await adapted(x, { axis: -1, invert: true })];
      expectClose(valuesOf(apply(inverse, apply(norm, x))), [0, 4, 0, 4], 1e-6);
    },
  }),
  agrees('test_layer_api_compatibility', 'the layer test, and numbers after `adapt`', {
    'three features': async () => {
      await layerTest((more?: object) => new Normalization({ axis: -1, ...more }), {
        ...{ shape: [2, 3], trainable: 0, nonTrainable: 3 },
      });
      const rows = [1, 2, 1, 2, 3, 4, 1, 2, 1, 2, 3, 4];
      const norm = await adapted(tf.tensor(rows, [4, 3]));
      const y = apply(norm, tf.tensor([3, 1, 2, 6, 5, 4], [2, 3]));
      expectClose(valuesOf(y), [3, -3, -1 / 3, 9, 5, 1], 1e-5);
    },
  }),
  agrees('test_1d_unbatched_adapt', 'a dataset of rows that is not batched', {
    'two rows': async () => {
      const rows = [
        [2, 0, 2, 0],
        [0, 2, 0, 2],
      ];
      const norm = await adapted(tf.data.array(rows) as never, { axis: -1 });
      const y = rows.map((row) => valuesOf(apply(norm, tf.tensor(row))));
      expect(y).toEqual([
        [1, -1, 1, -1],
        [-1, 1, -1, 1],
      ]);
    },
  }),
  otherwise(
    'differs',
    'test_0d_unbatched_adapt',
    'a dataset of numbers that is not batched',
    'a batch that is a number is refused, as Keras 3 refuses it of other iterables; batch the dataset',
    {
      'four numbers': async () => {
        const numbers = tf.data.array([2, 0, 2, 0]);
        await expect(adapted(numbers as never, { axis: null })).rejects.toThrow('got a batch of number');
        const norm = await adapted(numbers.batch(4) as never, { axis: null });
        expect(valuesOf(apply(norm, tf.tensor([2, 0])))).toEqual([1, -1]);
      },
    },
  ),
  agrees(
    'test_axis_permutations',
    'two axes in any order and counted from either end',
    combinations(
      {
        axis: [
          [1, 2],
          [2, 1],
          [1, -1],
          [-1, 1],
        ],
      },
      async ({ axis }) => {
        const x = tf.tensor([0, 1, 2, 0, 2, 6, 2, 3, 4, 3, 6, 10], [2, 2, 3]);
        const norm = await adapted(x, { axis: axis! });
        expectClose(valuesOf(apply(norm, x)), [-1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1], 1e-6);
      },
    ),
  ),
  ...normalizationModels,
];
