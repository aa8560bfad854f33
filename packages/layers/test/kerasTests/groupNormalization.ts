/** group_normalization_test.py. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { GroupNormalization, type GroupNormalizationArguments } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, type KerasTest, otherwise } from './kerasTest.js';
import { expectFinite, layerTest } from './layerTest.js';
import { apply, groupsOf, keepsLargeValues, standardized, valuesOf } from './numbers.js';

const layer = (args: GroupNormalizationArguments) => (more?: object) =>
  new GroupNormalization({ ...args, ...more });
const weights = { trainable: 2, nonTrainable: 0 };
const plain = { scale: false, center: false };

const refusal = (groups: unknown, message: string) => () =>
  expect(() => new GroupNormalization({ groups: groups as number })).toThrow(message);

const ofChannels = (groups: number) => () => apply(new GroupNormalization({ groups }), tf.ones([2, 2, 2, 4]));

const values = [-1, -1, 1, 1, 2, 2, 0, -2];
const instance = () => tf.tensor([-1, 1, 0, 2, 1, 3, -4, -2], [1, 2, 4]);

/** Against the formula in float64. */
function correct(x: tf.Tensor, groups: number, axis: number, args = plain) {
  const y = apply(new GroupNormalization({ groups, axis, ...args }), x);
  expectClose(valuesOf(y), standardized(x, groupsOf(groups, x.shape.at(axis)!, axis)), 1e-5);
}

function lowPrecision() {
  const make = (epsilon: number) =>
    new GroupNormalization({ groups: 2, ...plain, epsilon, dtype: 'mixed_bfloat16' as never });
  // 1e-4 beside 1 is lost in bfloat16.
  const x = tf.tensor([1, 1.02, 1, 1.02], [1, 4]);
  expectClose(valuesOf(apply(make(1e-4), x)), standardized(x, groupsOf(2, 4, -1), 1e-4), 1e-4);
}

export const groupNormalization: readonly KerasTest[] = [
  agrees(
    'test_groupnorm',
    'the layer test with regularizers and 32 groups, and with constraints and 4 groups',
    {
      regularizers: () =>
        layerTest(layer({ gammaRegularizer: 'l1l2', betaRegularizer: 'l1l2' }), {
          ...{ shape: [3, 4, 32], ...weights, losses: 2 },
        }),
      constraints: () =>
        layerTest(layer({ groups: 4, gammaConstraint: 'unitNorm', betaConstraint: 'unitNorm' }), {
          ...{ shape: [3, 4, 4], ...weights },
        }),
    },
  ),
  agrees('test_undefined_dim_error', 'channels of no fixed number are refused', {
    'the last axis': () => {
      const input = tf.input({ shape: [2, 2, 2, null as unknown as number] });
      expect(() => new GroupNormalization().apply(input)).toThrow(
        'axis 4 of the input must have a fixed size',
      );
    },
  }),
  agrees('test_groups_bigger_than_dim_error', 'more groups than channels are refused', {
    '5 groups of 4 channels': () => expect(ofChannels(5)).toThrow('got 5 groups and 4 channels'),
  }),
  agrees('test_groups_not_a_multiple_of_dim_error', 'groups that do not divide the channels are refused', {
    '3 groups of 4 channels': () =>
      expect(ofChannels(3)).toThrow('groups must divide the number of channels'),
  }),
  agrees('test_groups_rejects_invalid_values', 'groups must be a positive integer, or -1', {
    '0': refusal(0, 'GroupNormalization: groups must be a positive integer or -1, got 0'),
    '-2': refusal(-2, 'GroupNormalization: groups must be a positive integer or -1, got -2'),
    '1.5': refusal(1.5, 'GroupNormalization: groups must be a positive integer or -1, got 1.5'),
    'the text 32': refusal('32', 'GroupNormalization: groups must be a positive integer or -1, got "32"'),
    '-1': () => expect(new GroupNormalization({ groups: -1 }).getConfig().groups).toBe(-1),
  }),
  agrees('test_groups_instance_norm', '-1 group is a group for each channel', {
    '-1 and 4': () => {
      const [all, four] = [-1, 4].map((groups) =>
        apply(new GroupNormalization({ groups, ...plain }), instance()),
      );
      expect(valuesOf(all!)).toEqual(valuesOf(four!));
    },
  }),
  agrees('test_correctness_instance_norm', 'a group for each channel', {
    '4 groups': () => {
      const y = apply(new GroupNormalization({ groups: 4, ...plain }), instance());
      expectClose(valuesOf(y), [-1, -1, 1, 1, 1, 1, -1, -1], 1e-3);
      correct(instance(), 4, -1);
    },
  }),
  agrees('test_correctness_1d', 'vectors', {
    '1 group': () => correct(tf.tensor(values, [1, 8]), 1, -1),
    '2 groups': () => correct(tf.tensor(values, [1, 8]), 2, 1),
  }),
  agrees('test_correctness_2d', 'sequences', {
    '1 group': () => correct(tf.tensor(values, [1, 2, 4]), 1, -1),
    '2 groups': () => correct(tf.tensor(values, [1, 2, 4]), 2, 2),
  }),
  agrees('test_broadcasting_2d_channels_first', 'images with the channels first', {
    '2 groups': () => correct(tf.reshape(tf.range(0, 16), [1, 4, 2, 2]), 2, 1, { scale: true, center: true }),
  }),
  otherwise(
    'in another form',
    'test_large_value_within_autocast_scope',
    'a gamma of 70,000 is kept in mixed precision',
    'there is no scope for a dtype: a layer of the policy mixed_float16 keeps it',
    {
      mixed_float16: () =>
        keepsLargeValues(new GroupNormalization({ groups: 2, dtype: 'mixed_float16' as never }), 4),
    },
  ),
  agrees('test_mixed_precision_large_input_no_nan', 'inputs of 70,000 in mixed precision do not become NaN', {
    mixed_float16: () => {
      const norm = new GroupNormalization({ groups: 2, dtype: 'mixed_float16' as never });
      expectFinite(apply(norm, tf.fill([2, 4, 8], 7e4)));
    },
  }),
  otherwise(
    'cannot be',
    'test_warns_when_epsilon_too_small_for_compute_dtype',
    'an epsilon of 1e-4 brings a warning in bfloat16; one of 1e-2 does not',
    'everything is computed in float32, in which 1e-4 is not too small: no warning, and the result is right',
    { 'epsilon 1e-4 in mixed_bfloat16': lowPrecision },
  ),
];
