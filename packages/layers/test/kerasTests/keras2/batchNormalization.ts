/** batch_normalization_test.py of tf.keras 2, what it has beyond that of Keras 3. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { BatchNormalization, type BatchNormalizationArguments } from '../../../src/index.js';
import { expectClose } from '../../support/compare.js';
import { movingOf } from '../../support/statistics.js';
import { agrees, combinations, type KerasTest, otherwise } from '../kerasTest.js';
import { layerTest } from '../layerTest.js';
import { apply, valuesOf } from '../numbers.js';
import { fused } from './batchNormalizationFused.js';
import { batchNormalizationModels } from './batchNormalizationModels.js';

const layer = (args: BatchNormalizationArguments) => (more?: object) =>
  new BatchNormalization({ ...args, ...more });
const built = (args: BatchNormalizationArguments) => {
  const norm = new BatchNormalization(args);
  norm.build([null, 3, 4]);
  return norm;
};

export const batchNormalization: readonly KerasTest[] = [
  agrees(
    'test_basic_batchnorm',
    'the layer test with momentum, epsilon and regularizers, with initializers, and for images',
    {
      options: () =>
        layerTest(layer({ momentum: 0.9, epsilon: 0.1, gammaRegularizer: 'l1l2', betaRegularizer: 'l1l2' }), {
          ...{ shape: [3, 4, 2], trainable: 2, nonTrainable: 2, losses: 2 },
        }),
      ...combinations(
        {
          shape: [
            [3, 4, 2],
            [3, 2, 4, 2],
          ],
        },
        ({ shape }) =>
          layerTest(
            layer({
              ...{ gammaInitializer: 'ones', betaInitializer: 'ones' },
              ...{ movingMeanInitializer: 'zeros', movingVarianceInitializer: 'ones' },
            }),
            { shape: shape!, trainable: 2, nonTrainable: 2 },
          ),
      ),
      'without gamma and beta': () =>
        layerTest(layer({ scale: false, center: false }), { shape: [3, 3], trainable: 0, nonTrainable: 2 }),
    },
  ),
  agrees('test_batchnorm_weights', 'numbers of weights with and without gamma and beta', {
    without: () => {
      const norm = built({ scale: false, center: false });
      expect([norm.trainableWeights.length, norm.weights.length]).toEqual([0, 2]);
    },
    with: () => expect([built({}).trainableWeights.length, built({}).weights.length]).toEqual([2, 4]),
  }),
  agrees('test_batchnorm_regularization', 'terms of the loss, and constraints of gamma and beta', {
    regularizers: () =>
      expect(built({ gammaRegularizer: 'l1l2', betaRegularizer: 'l1l2' }).losses.length).toBe(2),
    constraints: () => {
      const norm = built({ gammaConstraint: 'maxNorm', betaConstraint: 'maxNorm' });
      const [gamma, beta] = norm.trainableWeights.map(
        (weight) => (weight as unknown as { constraint: { getClassName(): string } }).constraint,
      );
      expect([gamma!.getClassName(), beta!.getClassName()]).toEqual(['MaxNorm', 'MaxNorm']);
    },
  }),
  otherwise(
    'differs',
    'test_batchnorm_mixed_precision',
    'the output is float16 in mixed precision, also for integers',
    'it is float32: TensorFlow.js has no float16',
    combinations({ dtype: ['float32', 'int32'] as const }, ({ dtype }) => {
      const x = tf.cast(tf.reshape(tf.range(0, 480), [10, 4, 4, 3]), dtype!);
      const norm = new BatchNormalization({ momentum: 0.8, dtype: 'mixed_float16' as never });
      expect(apply(norm, x).dtype).toBe('float32');
    }),
  ),
  otherwise(
    'in another form',
    'test_eager_batchnorm_in_custom_model_call_with_tf_function',
    'moving statistics of ten batches of one value, inside of a compiled function',
    'TensorFlow.js has no graphs to compile: ten calls',
    {
      'ten calls': () => {
        const norm = new BatchNormalization();
        for (let step = 0; step < 10; step++) apply(norm, tf.fill([1, 1], 0.5), { training: true });
        expectClose(movingOf(norm).flat(), [0.5 * (1 - 0.99 ** 10), 0.99 ** 10], 1e-6);
      },
    },
  ),
  otherwise(
    'in another form',
    'test_can_be_used_in_multiple_graphs',
    'three calls one after the other, two of them in compiled functions',
    'TensorFlow.js has no graphs to compile: three calls',
    {
      'three calls': () => {
        const norm = new BatchNormalization({ scale: false, center: false, fused: true });
        const once = (x: tf.Tensor) => apply(norm, x, { training: true });
        const y = once(once(once(tf.tensor([-1000, 1000], [2, 1, 1, 1]))));
        expectClose(valuesOf(y), [-0.9995, 0.9995], 1e-4);
      },
    },
  ),
  otherwise(
    'in another form',
    'test_updates_in_wrap_function',
    'the updates of moving statistics are collected in a wrapped function',
    'TensorFlow.js runs at once: the statistics have moved when the call returns, inside of tf.tidy too',
    {
      'a tidy': () => {
        const norm = new BatchNormalization({ momentum: 0 });
        tf.tidy(() => void apply(norm, tf.ones([10, 1]), { training: true }));
        expect(movingOf(norm)).toEqual([[1], [0]]);
      },
    },
  ),
  agrees(
    'test_basic_batchnorm_v2_input_shape_and_virtual_batch_size',
    'a virtual batch size is taken for inputs of no fixed size and in inference, and refused for a batch that it does not divide',
    {
      'no fixed size': () => {
        const shape = [null, null, 3] as unknown as number[];
        const y = layer({ virtualBatchSize: 8 })().apply(tf.input({ shape })) as tf.SymbolicTensor;
        expect(y.shape).toEqual([null, null, null, 3]);
      },
      inference: () =>
        expect(apply(layer({ virtualBatchSize: 8 })(), tf.ones([1, 28, 28])).shape).toEqual([1, 28, 28]),
      training: () =>
        expect(() =>
          apply(layer({ virtualBatchSize: 8 })(), tf.ones([1, 28, 28]), { training: true }),
        ).toThrow('virtualBatchSize is not supported in training, got 8; freeze the layer'),
    },
  ),
  otherwise(
    'differs',
    'test_fused_batchnorm_empty_batch',
    'training on an empty batch gives an empty output',
    'it is refused: an empty batch has no mean. In inference the output is empty',
    {
      'no samples': () => {
        const norm = new BatchNormalization();
        expect(() => apply(norm, tf.zeros([0, 2, 2, 2]), { training: true })).toThrow(
          'BatchNorm in training needs more than one value per channel, got x of shape [0, 2, 2, 2]',
        );
        expect(apply(norm, tf.zeros([0, 2, 2, 2])).shape).toEqual([0, 2, 2, 2]);
      },
    },
  ),
  ...batchNormalizationModels,
  ...fused,
];
