/** rms_normalization_test.py. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { RMSNormalization, type RMSNormalizationArguments } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, type KerasTest } from './kerasTest.js';
import { layerTest } from './layerTest.js';
import { apply, mapped, normal, over, valuesOf } from './numbers.js';

const layer = (args: RMSNormalizationArguments) => (more?: object) =>
  new RMSNormalization({ ...args, ...more });
const expected = { shape: [4, 2], trainable: 1, nonTrainable: 0 };

/** Against the formula in float64, with a scale that is not 1. */
function correct(x: tf.Tensor, axis: number | number[]) {
  const norm = new RMSNormalization({ axis });
  const axes = [axis].flat();
  apply(norm, x);
  const [scale] = norm.getWeights();
  expect(scale!.shape).toEqual([...axes].sort((a, b) => a - b).map((one) => x.shape.at(one)!));
  norm.setWeights([tf.fill(scale!.shape, 1.5)]);
  const y = apply(norm, x);
  expect(y.shape).toEqual(x.shape);
  const numbers = mapped(x, over(axes), (value, { square }) => (value / Math.sqrt(square + 1e-6)) * 1.5);
  expectClose(valuesOf(y), numbers, 1e-5);
}

export const rmsNormalization: readonly KerasTest[] = [
  agrees('test_ln_basics', 'the layer test, with and without an axis', {
    'no options': () => layerTest(layer({}), expected),
    'axis -1': () => layerTest(layer({ axis: -1 }), expected),
  }),
  agrees('test_correctness', 'numbers over two axes', {
    '[1000, 2, 2, 2]': () => correct(normal([1000, 2, 2, 2]), [-1, -2]),
  }),
  agrees('test_output', 'numbers', { '0 to 9': () => correct(tf.reshape(tf.range(0, 10), [1, 10]), -1) }),
  agrees('test_unsorted_axis', 'axes in another order are the same axes', {
    '[-2, -1] and [-1, -2]': () => {
      const x = normal([2, 3, 4]);
      const [sorted, unsorted] = [
        [-2, -1],
        [-1, -2],
      ].map((axis) => valuesOf(apply(new RMSNormalization({ axis }), x)));
      expect(unsorted).toEqual(sorted);
    },
  }),
  agrees('test_unsorted_negative_axis', 'the scale has the sizes of the axes in their order in the input', {
    '[-1, -2] of [2, 4, 8]': () => correct(tf.ones([2, 4, 8]), [-1, -2]),
  }),
];
