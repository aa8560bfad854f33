/** The part of batch_normalization_test.py of tf.keras 2 about models. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import {
  BatchNormalization,
  type BatchNormalizationArguments,
  registerKerasLayers,
  unregisterKerasLayers,
} from '../../../src/index.js';
import { expectClose } from '../../support/compare.js';
import { movingOf } from '../../support/statistics.js';
import { agrees, combinations, type KerasTest, otherwise } from '../kerasTest.js';
import { expectStandard, normal, perIndexOf, standardized, valuesOf } from '../numbers.js';

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
export const batchNormalizationModels: readonly KerasTest[] = [
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
        `BatchNormalization 'norm': dtype must be float32, got "float16"`,
      ),
    ),
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
  agrees(
    'test_shared_batchnorm',
    'a layer of two inputs and of a model inside of another is trained; by version',
    combinations(versions, ({ version }) => sharesLayer(version!)),
  ),
  otherwise(
    'in another form',
    'test_that_trainable_disables_updates',
    'nothing moves in a model that is not trainable; by version',
    'TensorFlow.js does not train a model without trainable weights: a call with `training: true`',
    combinations(versions, ({ version }) => freezesModel(version!)),
  ),
  agrees(
    'test_batchnorm_trainable',
    'in training the statistics are those of the batch, whatever the moving ones; by version',
    combinations(versions, ({ version }) => trainsInTraining(version!)),
  ),
];
