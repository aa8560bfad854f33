/** The part of batch_normalization_test.py of tf.keras 2 about `fused`. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { BatchNormalization, type BatchNormalizationArguments } from '../../../src/index.js';
import { expectClose } from '../../support/compare.js';
import { movingOf } from '../../support/statistics.js';
import { agrees, combinations, type KerasTest, otherwise } from '../kerasTest.js';
import { layerTest } from '../layerTest.js';
import { apply, valuesOf } from '../numbers.js';

const layer = (args: BatchNormalizationArguments) => (more?: object) =>
  new BatchNormalization({ ...args, ...more });
/** In training the moving variance takes the biased variance of [0, 2], which is 1, or the unbiased one, which is 2. */
function movesVariance(args: BatchNormalizationArguments, rank: number, expected: number): void {
  const norm = new BatchNormalization({ momentum: 0.5, movingVarianceInitializer: 'zeros', ...args });
  apply(norm, tf.tensor([0, 2], [2, ...new Array<number>(rank - 1).fill(1)]), { training: true });
  expect(movingOf(norm)[1]).toEqual([expected]);
}

const refuses = (args: object, message: string) => () =>
  expect(() => new BatchNormalization(args)).toThrow(message);

export const fused: readonly KerasTest[] = [
  agrees(
    'test_batchnorm_mixed_precision_does_not_overflow',
    '-1000 and 1000 become -1 and 1 in mixed precision; fused or not',
    combinations({ fused: [true, false] }, ({ fused }) => {
      const norm = new BatchNormalization({ fused: fused!, dtype: 'mixed_float16' as never });
      const y = apply(norm, tf.tensor([-1000, 1000], [2, 1, 1, 1]), { training: true });
      expectClose(valuesOf(y), [-1, 1], 1e-6);
    }),
  ),
  otherwise(
    'in another form',
    'test_bessels_correction',
    'the moving variance of images and volumes is unbiased',
    'it is if the layer has `fused: true`; Keras 3 has the biased one always, so that this is the default',
    Object.fromEntries([4, 5].map((rank) => [`rank ${rank}`, () => movesVariance({ fused: true }, rank, 1)])),
  ),
  otherwise(
    'differs',
    'test_v1_fused_attribute',
    'the layer chooses a fused kernel by itself, unless it is told not to or has a virtual batch size',
    '`fused` only says which variance moves: the biased one unless it is true. The kernels are fused always',
    {
      'not given': () => movesVariance({}, 4, 0.5),
      false: () => movesVariance({ fused: false }, 4, 0.5),
      'a virtual batch size': () =>
        expect(new BatchNormalization({ virtualBatchSize: 2 }).getConfig()).not.toHaveProperty('fused'),
    },
  ),
  agrees('test_basic_batchnorm_v2', 'the layer test with `fused` true, and null', {
    true: () => layerTest(layer({ fused: true }), { shape: [3, 3, 3, 3], trainable: 2, nonTrainable: 2 }),
    null: () =>
      layerTest(layer({ fused: null as never }), { shape: [3, 3, 3], trainable: 2, nonTrainable: 2 }),
  }),
  otherwise(
    'differs',
    'test_v2_fused_attribute',
    'the layer chooses a fused kernel by the rank of its input; by rank, virtual batch size, false, and true with an axis',
    '`fused` only says which variance moves: the biased one unless it is true',
    {
      ...Object.fromEntries([4, 3, 5].map((rank) => [`rank ${rank}`, () => movesVariance({}, rank, 0.5)])),
      'a virtual batch size': () =>
        expect(new BatchNormalization({ virtualBatchSize: 2 }).getConfig()).not.toHaveProperty('fused'),
      false: () => movesVariance({ fused: false }, 4, 0.5),
      'true with axis [3]': () => movesVariance({ fused: true, axis: [3] }, 4, 1),
    },
  ),
  agrees('test_v2_fused_attribute', '`fused` with renorm, with two axes and with an adjustment is refused', {
    renorm: refuses({ fused: true, renorm: true }, 'BatchNormalization: fused and renorm cannot be together'),
    'two axes': refuses(
      { fused: true, axis: [1, 3] },
      'BatchNormalization: axis must be one axis, got [1,3]',
    ),
    adjustment: refuses(
      { fused: true, adjustment: () => [1, 0] },
      'BatchNormalization: adjustment is not supported',
    ),
  }),
  otherwise(
    'differs',
    'test_v2_fused_attribute',
    '`fused` is refused on axis 2, with a virtual batch size, and for an input that is neither images nor volumes',
    'every axis and rank can have the unbiased variance; a virtual batch size is refused in training',
    {
      'axis 2': () => movesVariance({ fused: true, axis: 2 }, 4, 1),
      'a virtual batch size': () =>
        expect(() =>
          apply(new BatchNormalization({ fused: true, virtualBatchSize: 2 }), tf.ones([4, 2]), {
            training: true,
          }),
        ).toThrow('virtualBatchSize is not supported in training'),
      'rank 3': () => movesVariance({ fused: true }, 3, 1),
    },
  ),
  otherwise(
    'differs',
    'test_batchnorm_sync_fused_error',
    '`fused` with `synchronized` is refused',
    'they are independent: statistics of the group, and the unbiased variance of it',
    { 'both, alone': () => movesVariance({ fused: true, synchronized: true }, 4, 1) },
  ),
];
