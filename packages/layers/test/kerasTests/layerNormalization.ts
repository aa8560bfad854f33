/** layer_normalization_test.py. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { LayerNormalization, type LayerNormalizationArguments } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, type KerasTest, otherwise } from './kerasTest.js';
import { layerTest } from './layerTest.js';
import {
  apply,
  expectStandard,
  keepsLargeValues,
  mapped,
  normal,
  over,
  standardized,
  valuesOf,
} from './numbers.js';

const layer = (args: LayerNormalizationArguments) => (more?: object) =>
  new LayerNormalization({ ...args, ...more });
const weights = { trainable: 2, nonTrainable: 0 };
const outside = 'axis must be in [-2, 2), and none twice, for an input of shape [2,4]';

const appliedTo =
  (axis: number | number[], shape = [2, 4]) =>
  () =>
    apply(new LayerNormalization({ axis }), tf.zeros(shape));

export const layerNormalization: readonly KerasTest[] = [
  agrees(
    'test_ln_basics',
    'the layer test with regularizers, with initializers, without gamma and beta, with rms_scaling, over three axes, and for an empty input',
    {
      regularizers: () =>
        layerTest(layer({ gammaRegularizer: 'l1l2', betaRegularizer: 'l1l2' }), {
          ...{ shape: [3, 4, 2], ...weights, losses: 2 },
        }),
      initializers: () =>
        layerTest(layer({ gammaInitializer: 'ones', betaInitializer: 'ones' }), {
          shape: [3, 4, 2],
          ...weights,
        }),
      'without gamma and beta': () =>
        layerTest(layer({ scale: false, center: false }), { shape: [3, 3], ...weights, trainable: 0 }),
      rmsScaling: () => layerTest(layer({ rmsScaling: true }), { shape: [3, 3], ...weights, trainable: 1 }),
      'three axes': () => layerTest(layer({ axis: [-3, -2, -1] }), { shape: [2, 8, 8, 3], ...weights }),
      'an empty input': () => layerTest(layer({}), { shape: [1, 0, 10], ...weights }),
    },
  ),
  agrees('test_invalid_axis', 'an axis that is neither a number nor a list of them is refused', {
    'an object': () =>
      expect(() => new LayerNormalization({ axis: { axis: -1 } as never })).toThrow(
        'LayerNormalization: axis must be an integer or a list of integers, got {"axis":-1}',
      ),
  }),
  agrees(
    'test_out_of_bounds_axis',
    'an axis outside of the rank is refused in a call, in a list, by build and by compute_output_shape',
    {
      ...Object.fromEntries(
        [2, 99, -3, -99, [0, 99]].map((axis) => [
          JSON.stringify(axis),
          () => expect(appliedTo(axis)).toThrow(outside),
        ]),
      ),
      build: () => expect(() => layer({ axis: 99 })().build([2, 4])).toThrow(outside),
      computeOutputShape: () =>
        expect(() => layer({ axis: 99 })().computeOutputShape([2, 4])).toThrow(outside),
    },
  ),
  agrees('test_duplicate_axis', 'an axis given twice is refused', {
    '[-1, 1]': () => expect(appliedTo([-1, 1])).toThrow(outside),
    '[1, 1]': () => expect(appliedTo([1, 1])).toThrow(outside),
  }),
  otherwise(
    'in another form',
    'test_axis_is_canonicalized',
    'once built, the layer counts its axis from the front',
    'the layer has no such property, and its config keeps the axis as it was given, which means the same',
    {
      'axis -1 and axis 1': () => {
        const x = normal([2, 4]);
        const [last, first] = [-1, 1].map((axis) => valuesOf(apply(new LayerNormalization({ axis }), x)));
        expect(last).toEqual(first);
        const built = new LayerNormalization({ axis: -1 });
        apply(built, x);
        expect(built.getConfig().axis).toBe(-1);
      },
    },
  ),
  agrees('test_correctness', 'mean 0 and variance 1', {
    '[1000, 2, 2, 2]': () => {
      const x = normal([1000, 2, 2, 2]);
      const y = apply(new LayerNormalization(), x);
      expectClose(valuesOf(y), standardized(x, over([-1])), 1e-4);
      expectStandard(y, () => 'all', 0.1);
    },
  }),
  agrees('test_output', 'numbers with gamma and beta of 1', {
    '0 to 4': () => {
      const y = apply(
        new LayerNormalization({ betaInitializer: 'ones', gammaInitializer: 'ones' }),
        tf.reshape(tf.range(0, 5), [1, 5]),
      );
      const expected = standardized(tf.reshape(tf.range(0, 5), [1, 5]), over([-1])).map((value) => value + 1);
      expectClose(valuesOf(y), expected, 1e-6);
    },
  }),
  agrees(
    'test_output_with_rms_scaling',
    'numbers with rms_scaling, which divides by the standard deviation',
    {
      '0 to 4': () => {
        const x = tf.reshape(tf.range(0, 5), [1, 5]);
        const y = apply(new LayerNormalization({ rmsScaling: true, gammaInitializer: 'ones' }), x);
        const expected = mapped(x, over([-1]), (value, { variance }) => value / Math.sqrt(variance + 1e-3));
        expectClose(valuesOf(y), expected, 1e-6);
      },
    },
  ),
  otherwise(
    'in another form',
    'test_large_value_within_autocast_scope',
    'a gamma of 70,000 is kept in mixed precision',
    'there is no scope for a dtype: a layer of the policy mixed_float16 keeps it',
    { mixed_float16: () => keepsLargeValues(new LayerNormalization({ dtype: 'mixed_float16' as never }), 3) },
  ),
  agrees('test_unsorted_axis', 'axes in another order are the same axes', {
    '[-2, -1] and [-1, -2]': () => {
      const x = normal([2, 3, 4]);
      const [sorted, unsorted] = [
        [-2, -1],
        [-1, -2],
      ].map((axis) => apply(new LayerNormalization({ axis }), x));
      expect(unsorted!.shape).toEqual([2, 3, 4]);
      expect(valuesOf(unsorted!)).toEqual(valuesOf(sorted!));
    },
  }),
];
