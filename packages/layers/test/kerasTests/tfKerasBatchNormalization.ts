/** batch_normalization_test.py of tf.keras 2, what it has beyond that of Keras 3. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import {
  BatchNormalization,
  type BatchNormalizationArguments,
  registerKerasLayers,
  unregisterKerasLayers,
} from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { movingOf } from '../support/statistics.js';
import { agrees, combinations, type KerasTest, otherwise } from './kerasTest.js';
import { layerTest } from './layerTest.js';
import { apply, expectStandard, normal, perIndexOf, standardized, valuesOf } from './numbers.js';

const layer = (args: BatchNormalizationArguments) => (more?: object) =>
  new BatchNormalization({ ...args, ...more });
const built = (args: BatchNormalizationArguments) => {
  const norm = new BatchNormalization(args);
  norm.build([null, 3, 4]);
  return norm;
};

/** The layer that a file of tf.keras with this class name gives. */
async function fromFile(class_name: string, config: object, shape: number[]): Promise<tf.LayersModel> {
  registerKerasLayers();
  try {
    const input = { class_name: 'InputLayer', config: { batch_input_shape: [null, ...shape], name: 'x' } };
    const layers = [input, { class_name, config: { name: 'norm', ...config } }];
    return await tf.models.modelFromJSON({
      modelTopology: { class_name: 'Sequential', config: { name: 'model', layers } },
    });
  } finally {
    unregisterKerasLayers();
  }
}

const compiled = (model: tf.LayersModel): tf.LayersModel => {
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  return model;
};

/** After `fit` the model predicts mean 0 and variance 1, but for gamma and beta. */
async function learns(model: tf.LayersModel, shape: number[], axis: number): Promise<void> {
  const x = normal([320, ...shape]);
  await compiled(model).fit(x, x, { epochs: 4, verbose: 0 });
  const [gamma, beta] = model.layers.at(-1)!.getWeights();
  const at = axis === -1 ? shape.length : axis;
  const sizes = [1, ...shape].map((_, i) => (i === at ? -1 : 1));
  const y = model.predict(x) as tf.Tensor;
  const standard = tf.div(tf.sub(y, tf.reshape(beta!, sizes)), tf.reshape(gamma!, sizes));
  expectStandard(standard, perIndexOf(axis), 0.1);
}

const sequential = (args: BatchNormalizationArguments, shape: number[]): tf.LayersModel =>
  tf.sequential({ layers: [new BatchNormalization({ momentum: 0.8, ...args, inputShape: shape })] });

/** In training the moving variance takes the biased variance of [0, 2], which is 1, or the unbiased one, which is 2. */
function movesVariance(args: BatchNormalizationArguments, rank: number, expected: number): void {
  const norm = new BatchNormalization({ momentum: 0.5, movingVarianceInitializer: 'zeros', ...args });
  apply(norm, tf.tensor([0, 2], [2, ...new Array<number>(rank - 1).fill(1)]), { training: true });
  expect(movingOf(norm)[1]).toEqual([expected]);
}

async function frozenInFit(): Promise<void> {
  const input = tf.input({ shape: [3] });
  const norm = new BatchNormalization();
  const dense = tf.layers.dense({ units: 3 }).apply(input) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: norm.apply(dense) as tf.SymbolicTensor });
  const compile = () => model.compile({ optimizer: 'rmsprop', loss: 'meanSquaredError' });
  compile();
  const random = (seed: number) => tf.randomUniform([100, 3], 0, 1, 'float32', seed);
  await model.fit(random(1), random(2), { verbose: 0 });
  const evaluated = (model.evaluate(random(3), random(4), { batchSize: 100 }) as tf.Scalar).dataSync()[0]!;
  norm.trainable = false;
  compile();
  const [trained] = [await model.trainOnBatch(random(3), random(4))].flat();
  expect(trained as number).toBeCloseTo(evaluated, 5);
}

async function sharesLayer(class_name: string): Promise<void> {
  const [norm] = (await fromFile(class_name, {}, [10])).layers.slice(-1);
  const [first, second, third] = [1, 2, 3].map(() => tf.input({ shape: [10] }));
  norm!.apply(first!);
  const x = normal([2, 10]);
  const model = compiled(tf.model({ inputs: second!, outputs: norm!.apply(second!) as tf.SymbolicTensor }));
  await model.trainOnBatch(x, x);
  const outer = compiled(tf.model({ inputs: third!, outputs: model.apply(third!) as tf.SymbolicTensor }));
  const before = movingOf(norm!);
  await outer.trainOnBatch(x, x);
  expect(movingOf(norm!)).not.toEqual(before);
}

async function freezesModel(class_name: string): Promise<void> {
  const model = await fromFile(class_name, {}, [4]);
  const [x, y] = [1, 2].map((seed) => tf.randomUniform([10, 4], 0, 1, 'float32', seed));
  const predict = () => valuesOf(model.predict(x!) as tf.Tensor);
  const before = predict();
  model.trainable = false;
  compiled(model);
  // tfjs has nothing to minimize; a training call is what moves statistics.
  model.apply(x!, { training: true });
  expectClose(predict(), before, 1e-7);
  model.trainable = true;
  await compiled(model).trainOnBatch(x!, y!);
  const change = predict().reduce((sum, value, i) => sum + Math.abs(value - before[i]!), 0);
  expect(change).toBeGreaterThan(1e-5);
}

async function trainsInTraining(class_name: string): Promise<void> {
  const model = await fromFile(class_name, {}, [1]);
  model.setWeights([[1], [0], [0.5], [100]].map((values) => tf.tensor1d(values)));
  const x = tf.expandDims(tf.range(0, 10), 1);
  const y = model.apply(x, { training: true }) as tf.Tensor;
  expectClose(valuesOf(y), standardized(x, perIndexOf(-1)), 1e-5);
}

const versions = { version: ['BatchNormalizationV1', 'BatchNormalizationV2'] };
const refuses = (args: object, message: string) => () =>
  expect(() => new BatchNormalization(args)).toThrow(message);

export const tfKerasBatchNormalization: readonly KerasTest[] = [
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
  agrees('test_batchnorm_convnet', 'a model of images with the channels first learns to standardize', {
    'axis 1': () => learns(sequential({ axis: 1 }, [3, 4, 4]), [3, 4, 4], 1),
  }),
  agrees('test_batchnorm_convnet_synchronized', 'the same with `synchronized`', {
    'axis 1': () => learns(sequential({ axis: 1, synchronized: true }, [3, 4, 4]), [3, 4, 4], 1),
  }),
  agrees('test_batchnorm_convnet_channel_last', 'the same with the channels last', {
    'axis -1': () => learns(sequential({}, [4, 4, 3]), [4, 4, 3], -1),
  }),
  agrees('test_batchnorm_correctness', 'the same by version of the layer, as files name them', {
    ...combinations(versions, async ({ version }) =>
      learns(await fromFile(version!, { momentum: 0.8 }, [2, 2, 2]), [2, 2, 2], -1),
    ),
    SyncBatchNormalization: async () =>
      learns(await fromFile('SyncBatchNormalization', { momentum: 0.8 }, [2, 2, 2]), [2, 2, 2], -1),
  }),
  otherwise(
    'cannot be',
    'test_batchnorm_float16',
    'the same in float16, by version of the layer',
    'TensorFlow.js has no float16: the dtype is refused by name; mixed_float16 is computed in float32',
    combinations(versions, ({ version }) =>
      expect(fromFile(version!, { dtype: 'float16' }, [2, 2, 2])).rejects.toThrow(
        'BatchNormalization: dtype must be float32, got "float16"',
      ),
    ),
  ),
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
    'test_batchnorm_non_trainable_with_fit',
    'the loss of training a frozen layer is that of evaluation',
    'TensorFlow.js does not train a model without trainable weights: a dense layer stands before it',
    {
      'fit, frozen, trained': frozenInFit,
    },
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
    'test_bessels_correction',
    'the moving variance of images and volumes is unbiased',
    'it is if the layer has `fused: true`; Keras 3 has the biased one always, so that this is the default',
    Object.fromEntries([4, 5].map((rank) => [`rank ${rank}`, () => movesVariance({ fused: true }, rank, 1)])),
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
  otherwise(
    'in another form',
    'test_sync_batchnorm_with_mask',
    'a synchronized layer leaves padding out of its statistics',
    'TensorFlow.js has no distribution strategy: `fit` in one process',
    {
      'one process': async () => {
        const sequence = [1, 5, 2, 5, 0, 0, 0, 0];
        const x = tf.tensor(Array.from({ length: 10 }, () => sequence).flat(), [10, 4, 2]);
        const norm = new BatchNormalization({ momentum: 0, synchronized: true });
        const inputShape = [null as unknown as number, 2];
        const model = compiled(tf.sequential({ layers: [tf.layers.masking({ inputShape }), norm] }));
        await model.fit(x, x, { epochs: 5, verbose: 0 });
        expectClose(movingOf(norm).flat(), [1.5, 5, 0.25, 0], 1e-6);
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
  agrees(
    'test_shared_batchnorm',
    'a layer of two inputs and of a model inside of another is trained; by version',
    combinations(versions, ({ version }) => sharesLayer(version!)),
  ),
  agrees(
    'test_that_trainable_disables_updates',
    'nothing moves in a model that is not trainable; by version',
    combinations(versions, ({ version }) => freezesModel(version!)),
  ),
  agrees(
    'test_batchnorm_trainable',
    'in training the statistics are those of the batch, whatever the moving ones; by version',
    combinations(versions, ({ version }) => trainsInTraining(version!)),
  ),
];
