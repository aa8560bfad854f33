/** group_normalization_test.py of tf.keras 2, what it has beyond that of Keras 3. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { GroupNormalization } from '../../../src/index.js';
import { expectClose } from '../../support/compare.js';
import { agrees, type KerasTest, otherwise } from '../kerasTest.js';
import { apply, groupsOf, standardized, valuesOf } from '../numbers.js';

const counts = (norm: tf.layers.Layer) => [norm.trainableWeights.length, norm.weights.length];
const group = (args: object) => {
  const norm = new GroupNormalization({ groups: 1, ...args });
  norm.build([null, 3, 4]);
  return norm;
};
const values = [-1, -1, 1, 1, 2, 2, 0, -2];
const plain = { scale: false, center: false };

/** A mask changes nothing. */
function ignoresMask(shape: number[], groups: number, mask: number[]): void {
  const x = tf.tensor(values, shape);
  const y = apply(new GroupNormalization({ groups, ...plain }), x, { mask: tf.tensor(mask, shape) });
  expectClose(valuesOf(y), standardized(x, groupsOf(groups, shape.at(-1)!, -1)), 1e-5);
}
const takesNoMask =
  'as in Keras 3, a GroupNormalization takes no mask: all values count. For statistics without padding use BatchNormalization';

const affine = (args: object, scale: number, offset: number) => () => {
  const x = tf.tensor(values, [1, 8]);
  const y = apply(new GroupNormalization({ groups: 2, ...args }), x);
  const expected = standardized(x, groupsOf(2, 8, -1)).map((value) => value * scale + offset);
  expectClose(valuesOf(y), expected, 1e-5);
};

export const groupNormalization: readonly KerasTest[] = [
  agrees('test_trainable_weights', 'numbers of weights with and without gamma and beta', {
    without: () => expect(counts(group(plain))).toEqual([0, 0]),
    with: () => expect(counts(group({}))).toEqual([2, 2]),
  }),
  otherwise('differs', 'test_correctness_1d_with_mask', 'a mask leaves values of a group out', takesNoMask, {
    '1 group': () => ignoresMask([1, 8], 1, [1, 1, 1, 0, 0, 0, 0, 0]),
    '2 groups': () => ignoresMask([1, 8], 2, [1, 1, 1, 1, 0, 1, 0, 1]),
  }),
  otherwise('differs', 'test_correctness_1d_with_non_binary_mask', 'a mask of weights', takesNoMask, {
    '1 group': () => ignoresMask([1, 8], 1, [0.5, 0.5, 1, 0, 0, 0, 0, 0]),
  }),
  otherwise('differs', 'test_correctness_2d_with_mask', 'the same for sequences', takesNoMask, {
    '1 group': () => ignoresMask([1, 2, 4], 1, [1, 1, 0, 0, 1, 0, 0, 0]),
    '2 groups': () => ignoresMask([1, 2, 4], 2, [1, 1, 0, 1, 1, 1, 0, 1]),
  }),
  otherwise('differs', 'test_mask_broadcasting', 'a mask of the positions broadcasts', takesNoMask, {
    '[1, 2, 4, 1]': () => {
      const mask = tf.zeros([1, 2, 4, 1]);
      const y = apply(new GroupNormalization({ groups: 3, ...plain }), tf.ones([1, 2, 4, 3]), { mask });
      expect(valuesOf(y)).toEqual(new Array(24).fill(0));
    },
  }),
  agrees('test_correctness_with_centering', 'numbers with a beta of 10', {
    '2 groups': affine({ scale: false, betaInitializer: tf.initializers.constant({ value: 10 }) }, 1, 10),
  }),
  agrees('test_correctness_with_scaling', 'numbers with a gamma of 2', {
    '2 groups': affine({ center: false, gammaInitializer: tf.initializers.constant({ value: 2 }) }, 2, 0),
  }),
  agrees('test_rejects_invalid_axis', 'the axis of the batch is refused', {
    'axis 0': () =>
      expect(() => new GroupNormalization({ groups: 1, axis: 0, name: 'norm' }).build([4, 4, 4])).toThrow(
        "GroupNormalization 'norm': axis must not be the batch axis, got 0",
      ),
  }),
];
