/** batch_normalization_test.py. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { BatchNormalization, type BatchNormalizationArguments } from '../../src/index.js';
import { expectClose, largestDifference } from '../support/compare.js';
import { movingOf } from '../support/statistics.js';
import { renormalization } from './batchRenormalization.js';
import { agrees, combinations, type KerasTest, otherwise } from './kerasTest.js';
import { layerTest } from './layerTest.js';
import {
  apply,
  expectStandard,
  keepsLargeValues,
  normal,
  perIndexOf,
  standardized,
  valuesOf,
} from './numbers.js';

const layer = (args: BatchNormalizationArguments) => (more?: object) =>
  new BatchNormalization({ ...args, ...more });
const weights = { trainable: 2, nonTrainable: 2, training: true };

function correctness({
  axis,
  shape,
  mean,
  variance,
}: {
  axis: number;
  shape: number[];
  mean: string;
  variance: string;
}) {
  const norm = new BatchNormalization({
    ...{ axis, momentum: 0, movingMeanInitializer: mean, movingVarianceInitializer: variance },
  });
  const x = normal(shape);
  const train = (input: tf.Tensor) => apply(norm, input, { training: true });
  const infer = (input: tf.Tensor) => apply(norm, input, { training: false });
  const third = train(train(train(x)));
  expectStandard(third, perIndexOf(axis));
  const channels = shape.at(axis)!;
  expectClose(movingOf(norm)[0]!, new Array(channels).fill(0), 1e-3);
  expectClose(movingOf(norm)[1]!, new Array(channels).fill(1), 1e-2);

  expect(largestDifference(valuesOf(infer(x)), valuesOf(train(x)))).toBeGreaterThan(0.1);
  const trained = valuesOf(train(x));
  expectClose(trained, standardized(x, perIndexOf(axis)), 1e-4);
  expectClose(valuesOf(infer(x)), trained, 1e-4);

  // The second step of every sequence is padding.
  const steps = tf.range(0, shape[1]!).notEqual(1);
  const padded = tf.mul(x, tf.reshape(tf.cast(steps, 'float32'), [1, -1, ...shape.slice(2).map(() => 1)]));
  const masked = () => tf.layers.masking().apply(padded) as tf.Tensor;
  const inferred = valuesOf(infer(padded));
  expect(valuesOf(infer(masked()))).toEqual(inferred);
  const withMask = valuesOf(train(masked()));
  expect(largestDifference(withMask, inferred)).toBeGreaterThan(0.01);
  // On axis 1 the padding is a whole channel: zeros, with the mask and without it.
  if (axis === -1) expect(largestDifference(withMask, valuesOf(train(padded)))).toBeGreaterThan(0.01);
}

function fullyMasked(synchronized: boolean, value = 0): { y: number[]; moving: number[][] } {
  const norm = new BatchNormalization({ scale: false, center: false, synchronized });
  const y = valuesOf(apply(norm, tf.fill([4, 5], value), { training: true, mask: tf.zeros([4]) }));
  return { y, moving: movingOf(norm) };
}

const ignored = { mean: [1.5, 5], variance: [0.25, 0] };

/** Ten sequences of two steps and two that are padding. */
async function ignoresPadding(maskValue: number, train: (model: tf.LayersModel, x: tf.Tensor) => unknown) {
  const sequence = [1, 5, 2, 5, maskValue, maskValue, maskValue, maskValue];
  const x = tf.tensor(Array.from({ length: 10 }, () => sequence).flat(), [10, 4, 2]);
  const norm = new BatchNormalization({ momentum: 0 });
  const inputShape = [null as unknown as number, 2];
  const model = tf.sequential({ layers: [tf.layers.masking({ maskValue, inputShape }), norm] });
  model.compile({ optimizer: 'rmsprop', loss: 'meanSquaredError' });
  await train(model, x);
  expectClose(movingOf(norm)[0]!, ignored.mean, 1e-6);
  expectClose(movingOf(norm)[1]!, ignored.variance, 1e-6);
}

const byFit = (model: tf.LayersModel, x: tf.Tensor) =>
  model.fit(x, x, { batchSize: 10, epochs: 5, verbose: 0 });
const byLoop = (model: tf.LayersModel, x: tf.Tensor) => {
  for (let step = 0; step < 5; step++) {
    const loss = () =>
      tf.losses.meanSquaredError(x, model.apply(x, { training: true }) as tf.Tensor) as tf.Scalar;
    tf.train.rmsprop(1e-3).minimize(loss);
  }
};

function trainable() {
  const norm = new BatchNormalization({ momentum: 0.8, epsilon: 1e-7 });
  norm.build([1, 4, 4, 3]);
  const expectCounts = (ofTrainable: number, others: number) => {
    expect(norm.weights.length).toBe(4);
    expect(norm.trainableWeights.length).toBe(ofTrainable);
    expect(norm.nonTrainableWeights.length).toBe(others);
  };
  norm.trainable = false;
  expectCounts(0, 4);
  const x = normal([200, 4, 4, 3]);
  expectClose(valuesOf(apply(norm, x, { training: true })), valuesOf(x), 1e-6);
  norm.trainable = true;
  expectCounts(2, 2);
  for (let step = 0; step < 10; step++) apply(norm, x, { training: true });
  expectStandard(apply(norm, x, { training: true }), perIndexOf(-1));
}

function maskedBroadcast() {
  const norm = new BatchNormalization({ momentum: 0, epsilon: 1e-3 });
  const y = apply(norm, tf.ones([1, 2, 3, 4]), { training: true, mask: tf.ones([1, 2, 1]) });
  expect(Math.max(...valuesOf(y).map(Math.abs))).toBeLessThan(1e-6);
  expectClose(movingOf(norm)[0]!, [1, 1, 1, 1], 1e-6);
  expectClose(movingOf(norm)[1]!, [0, 0, 0, 0], 1e-6);
}

const momentum = (value: number) => () => new BatchNormalization({ momentum: value });

export const batchNormalization: readonly KerasTest[] = [
  agrees(
    'test_bn_basics',
    'the layer test for vectors, without gamma and beta, and for images with regularizers',
    {
      vectors: () => layerTest(layer({}), { shape: [2, 3], ...weights }),
      'without gamma and beta': () =>
        layerTest(layer({ scale: false, center: false }), { shape: [2, 3], ...weights, trainable: 0 }),
      'images with regularizers': () =>
        layerTest(layer({ gammaRegularizer: 'l1l2', betaRegularizer: 'l1l2' }), {
          ...{ shape: [2, 4, 4, 3], ...weights, losses: 2 },
        }),
    },
  ),
  agrees(
    'test_correctness',
    'mean 0 and variance 1 after training, moving statistics, inference beside training, and both with a mask; by axis, rank and ' +
      'initial moving statistics',
    combinations(
      {
        axis: [-1, 1],
        shape: [
          [5, 2, 3],
          [5, 3, 3, 2],
        ],
        mean: ['zeros', 'ones'],
        variance: ['zeros', 'ones'],
      },
      correctness,
    ),
  ),
  agrees(
    'test_input_fully_masked',
    'zeros of which the mask leaves nothing give zeros; synchronized or not',
    {
      ...combinations({ synchronized: [false, true] }, ({ synchronized }) => {
        expect(fullyMasked(synchronized).y).toEqual(new Array(20).fill(0));
      }),
    },
  ),
  otherwise(
    'in another form',
    'test_bachnorm_ignore_masked_values',
    'moving statistics of five epochs leave padding out; by padding value, eager and as a graph',
    'TensorFlow.js has no graphs to compile: by `fit`, and by a loop with `minimize`',
    Object.fromEntries(
      [0, 0.1, 1].flatMap((value) => [
        [`fit, padding ${value}`, () => ignoresPadding(value, byFit)],
        [`minimize, padding ${value}`, () => ignoresPadding(value, byLoop)],
      ]),
    ),
  ),
  agrees(
    'test_trainable_behavior',
    'a frozen layer infers in training and has no trainable weights; thawed, it trains',
    { 'frozen, then thawed': trainable },
  ),
  otherwise(
    'in another form',
    'test_large_value_within_autocast_scope',
    'a moving variance of 70,000, above the largest float16, is kept in mixed precision',
    'there is no scope for a dtype: a layer of the policy mixed_float16 keeps it',
    { mixed_float16: () => keepsLargeValues(new BatchNormalization({ dtype: 'mixed_float16' as never }), 3) },
  ),
  agrees('test_masked_broadcast_normalization', 'a mask with sizes of 1 broadcasts to the positions', {
    'mask of [1, 2, 1] for [1, 2, 3, 4]': maskedBroadcast,
  }),
  agrees('test_invalid_momentum', 'momentum below 0 and above 1 is refused; 0 and 1 are not', {
    '-0.1': () => expect(momentum(-0.1)).toThrow('BatchNormalization: momentum must be in [0, 1]'),
    '1.5': () => expect(momentum(1.5)).toThrow('BatchNormalization: momentum must be in [0, 1]'),
    '0': () => expect(momentum(0)().getConfig().momentum).toBe(0),
    '1': () => expect(momentum(1)().getConfig().momentum).toBe(1),
  }),
  ...renormalization,
];
