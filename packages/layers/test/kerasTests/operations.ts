/** The tests of ops/nn_test.py about the operations that the layers are made of, put to layers. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import {
  BatchNormalization,
  LayerNormalization,
  RMSNormalization,
  UnitNormalization,
} from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, combinations, type KerasTest, otherwise } from './kerasTest.js';
import { apply, mapped, over, standardized, valuesOf } from './numbers.js';

/** A layer in inference, with these weights. */
function infers(x: tf.Tensor, axis: number, args: object, weights: number[][]): tf.Tensor {
  const norm = new BatchNormalization({ axis, ...args });
  norm.build(x.shape);
  norm.setWeights(weights.map((values) => tf.tensor1d(values)));
  return apply(norm, x);
}

const x = () => tf.tensor([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [2, 3]);
const mean = [0.2, 0.3, 0.4];
const variance = [4, 16, 64];
const rows = () => tf.tensor([1, 2, 3, 1, 2, 3], [2, 3]);

/** The gradient of the sum of the outputs for a vector of zeros. */
const gradientAtZero = (): number[] =>
  valuesOf(tf.grad((zeros) => tf.sum(apply(new UnitNormalization(), zeros)))(tf.zeros([1, 3])));

export const operations: readonly KerasTest[] = [
  agrees('test_batch_normalization', 'inference with gamma and beta, without them, and for images', {
    'gamma and beta': () => {
      const [gamma, beta] = [
        [10, 20, 30],
        [5, 10, 15],
      ];
      const expected = valuesOf(x()).map(
        (value, i) =>
          ((value - mean[i % 3]!) / Math.sqrt(variance[i % 3]! + 1e-7)) * gamma![i % 3]! + beta![i % 3]!,
      );
      const y = infers(x(), -1, { epsilon: 1e-7 }, [gamma!, beta!, mean, variance]);
      expectClose(valuesOf(y), expected, 1e-6);
    },
    'neither gamma nor beta': () => {
      const y = infers(x(), 1, { epsilon: 1e-7, scale: false, center: false }, [mean, variance]);
      const expected = valuesOf(x()).map(
        (value, i) => (value - mean[i % 3]!) / Math.sqrt(variance[i % 3]! + 1e-7),
      );
      expectClose(valuesOf(y), expected, 1e-6);
    },
    images: () => {
      const ones = [1, 1, 1, 1, 1];
      expect(infers(tf.randomUniform([2, 3, 3, 5]), 3, {}, [ones, ones, ones, ones]).shape).toEqual([
        2, 3, 3, 5,
      ]);
    },
  }),
  agrees('test_layer_normalization', 'numbers of layer normalization', {
    '0 to 4': () => {
      const values = tf.reshape(tf.range(0, 5), [1, 5]);
      expectClose(
        valuesOf(apply(new LayerNormalization({ epsilon: 1e-6 }), values)),
        standardized(values, over([-1]), 1e-6),
        1e-6,
      );
    },
  }),
  agrees(
    'test_rms_normalization',
    'numbers of root mean square normalization, by scale',
    combinations({ scale: [1, 10] }, ({ scale }) => {
      const norm = new RMSNormalization();
      norm.build([2, 3]);
      norm.setWeights([tf.fill([3], scale!)]);
      const expected = mapped(
        x(),
        over([-1]),
        (value, { square }) => (value / Math.sqrt(square + 1e-6)) * scale!,
      );
      expectClose(valuesOf(apply(norm, x())), expected, 1e-6);
    }),
  ),
  agrees('test_normalize', 'vectors of norm 1 over the batch and over the features', {
    ...combinations({ axis: [0, -1] }, ({ axis }) => {
      const expected = mapped(
        rows(),
        over([axis!]),
        (value, { square }) => value / Math.sqrt(square * rows().shape.at(axis!)!),
      );
      expectClose(valuesOf(apply(new UnitNormalization({ axis: axis! }), rows())), expected, 1e-6);
    }),
  }),
  otherwise(
    'in another form',
    'test_normalize',
    'below a given norm x is divided by that',
    'the layer has no such option: below 1e-12, as in Keras',
    {
      'a norm of 1e-14': () => {
        const y = apply(new UnitNormalization(), tf.tensor([[1e-14, 1e-16]]));
        expectClose(valuesOf(y), [1e-2, 1e-4], 1e-6);
      },
    },
  ),
  otherwise(
    'differs',
    'test_normalize',
    'the norm over all axes at once, and the norm of order 3',
    'Keras has these in an operation only, not in a layer: all axes but the first are `axis: [1, 2, ...]`, and another order is refused',
    {
      'all axes': () => {
        const norms = valuesOf(tf.sum(tf.square(apply(new UnitNormalization({ axis: [0, 1] }), rows()))));
        expectClose(norms, [1], 1e-6);
      },
      'order 3': () =>
        expect(() => new UnitNormalization({ order: 3 } as never)).toThrow(
          "UnitNormalization: unknown option 'order'",
        ),
    },
  ),
  agrees('test_normalize_l2_zero_vector_gradients', 'a vector of zeros has the gradient 1 / epsilon', {
    'three zeros': () => {
      for (const value of gradientAtZero()) expect(Math.abs(value * 1e-12 - 1)).toBeLessThan(1e-6);
    },
  }),
  agrees('test_softmax_and_normalize_reject_out_of_range_axis', 'an axis outside of the rank is refused', {
    'axis 10 of rank 2': () =>
      expect(() => apply(new UnitNormalization({ axis: 10 }), tf.ones([3, 4]))).toThrow(
        'axis must be in [-2, 2)',
      ),
  }),
  otherwise(
    'differs',
    'test_layer_normalization_rms_scaling_warning',
    'rms_scaling brings a warning that it is deprecated',
    'no warning: files have the option, and who loads them cannot change it; the docstring names RMSNormalization',
    {
      silence: () => {
        const warn = console.warn;
        const warnings: unknown[] = [];
        console.warn = (...words: unknown[]) => warnings.push(words);
        try {
          apply(new LayerNormalization({ rmsScaling: true }), x());
        } finally {
          console.warn = warn;
        }
        expect(warnings).toEqual([]);
      },
    },
  ),
];
