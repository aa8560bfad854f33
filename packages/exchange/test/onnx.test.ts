/** Exported models compute in onnxruntime what tf.layers computes. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import { BatchNormalization, GroupNormalization, LayerNormalization } from '@bn/layers';
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-web';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { encodeOnnx, exportOnnx, OnnxError } from '../src/index.js';
import { layerExports } from '../src/onnx/layers/index.js';
import { differenceOf, drawWeights, Random } from './support/onnx.js';
import { randomModel } from './support/randomModels.js';

beforeAll(() => useBackend('cpu'));
afterEach(() => tf.disposeVariables());

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const classesOf = (model: tf.LayersModel) => model.layers.map((layer) => layer.getClassName());

test.each(seeds)('the random model %d has the same outputs', async (seed) => {
  const random = new Random(seed);
  const model = randomModel(random);
  drawWeights(model, random);
  const difference = await differenceOf(model, random);
  expect(difference, classesOf(model).join(' ')).toBeLessThan(1e-4);
});

const sequential = (...layers: tf.layers.Layer[]) => tf.sequential({ layers });
const { conv2d, dense, activation } = tf.layers;

const inputShape = [5, 6, 4];
const models: Readonly<Record<string, () => tf.LayersModel>> = {
  'channels first': () =>
    sequential(
      conv2d({ filters: 3, kernelSize: 2, dataFormat: 'channelsFirst', inputShape }),
      new BatchNormalization({ axis: 1 }),
      tf.layers.maxPooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }),
      tf.layers.flatten({ dataFormat: 'channelsFirst' }),
      dense({ units: 2 }),
    ),
  'nested models, called twice': () => {
    const inner = sequential(dense({ units: 3, inputShape: [3] }), activation({ activation: 'tanh' }));
    const x = tf.input({ shape: [3] });
    const once = inner.apply(x) as tf.SymbolicTensor;
    const twice = inner.apply(once) as tf.SymbolicTensor;
    return tf.model({ inputs: x, outputs: tf.layers.add().apply([once, twice]) as tf.SymbolicTensor });
  },
  'poolings of sequences': () =>
    sequential(
      tf.layers.maxPooling1d({ poolSize: 2, strides: 1, padding: 'same', inputShape: [9, 3] }),
      tf.layers.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' }),
      tf.layers.globalMaxPooling1d({}),
    ),
  'poolings of volumes': () =>
    sequential(
      tf.layers.maxPooling3d({ poolSize: 2, strides: 1, padding: 'same', inputShape: [6, 5, 4, 2] }),
      tf.layers.averagePooling3d({ poolSize: 2, strides: 2 }),
    ),
  'layer norm over an image': () => sequential(tf.layers.layerNormalization({ axis: [1, 2, 3], inputShape })),
  'layer norm with rmsScaling': () =>
    sequential(new LayerNormalization({ rmsScaling: true, axis: [2, 3], inputShape })),
  "BatchNormalization of @bn/layers, without 'training' in its call": () =>
    sequential(conv2d({ filters: 3, kernelSize: 2, inputShape }), new BatchNormalization({ scale: false })),
  ...Object.fromEntries(
    ['hardSigmoid', 'swish', 'mish', 'gelu', 'gelu_new', 'softmax'].map((name) => [
      `the activation ${name}`,
      () => sequential(activation({ activation: name as 'relu', inputShape: [7] })),
    ]),
  ),
};

describe('the outputs are the same for', () => {
  test.each(Object.entries(models))('%s', async (_, create) => {
    const [random, model] = [new Random(7), create()];
    drawWeights(model, random);
    expect(await differenceOf(model, random, 3)).toBeLessThan(1e-4);
  });
});

test('together the models have every class of layers that is exported, but for dropouts of a kind', () => {
  const all = [
    ...seeds.map((seed) => randomModel(new Random(seed))),
    ...Object.values(models).map((create) => create()),
  ];
  const classes = new Set(all.flatMap(classesOf));
  const missing = Object.keys(layerExports).filter((name) => !classes.has(name));
  expect(missing.sort()).toEqual(['AlphaDropout', 'GaussianDropout', 'SpatialDropout1D']);
});

test('a Sequential that has not been called yet has the names that it will have', async () => {
  const model = sequential(
    dense({ name: 'first', units: 3, inputShape: [2] }),
    dense({ name: 'last', units: 1 }),
  );
  const session = await ort.InferenceSession.create(await exportOnnx(model));
  model.predict(tf.ones([1, 2]));
  expect(session.inputNames).toEqual(model.inputNames);
  expect(session.outputNames).toEqual(['last']);
});

test('a model may have more layers in a row than functions can call each other', async () => {
  const layers = Array.from({ length: 12_000 }, () => tf.layers.dropout({ rate: 0.5 }));
  const model = sequential(
    tf.layers.inputLayer({ inputShape: [2] }),
    ...layers,
    dense({ name: 'last', units: 1 }),
  );
  const session = await ort.InferenceSession.create(await exportOnnx(model));
  expect(session.outputNames).toEqual(['last']);
});

test('no tensor is left', async () => {
  const model = sequential(conv2d({ filters: 3, kernelSize: 2, inputShape: [5, 6, 4] }));
  const { numTensors } = tf.memory();
  await exportOnnx(model);
  expect(tf.memory().numTensors).toBe(numTensors);
});

describe('refused with the layer and the reason:', () => {
  const [x, again] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
  test.each<[string, () => tf.LayersModel, string]>([
    [
      'a class that has no export',
      () => sequential(tf.layers.lstm({ name: 'memory', units: 2, inputShape: [3, 2] })),
      "layer 'memory' (LSTM) cannot be exported: there is no export for its class; there is one for Conv1D,",
    ],
    [
      'strides and padding without sizes',
      () =>
        sequential(
          conv2d({
            name: 'conv',
            filters: 1,
            kernelSize: 3,
            strides: 2,
            padding: 'same',
            inputShape: [null, null, 1],
          }),
        ),
      "layer 'conv' (Conv2D) cannot be exported: padding 'same' with strides depends on the size of the input",
    ],
    [
      'a norm of an axis in the middle',
      () => sequential(new GroupNormalization({ name: 'norm', groups: 2, axis: 2, inputShape: [3, 4, 5] })),
      "layer 'norm' (GroupNormalization) cannot be exported: option 'axis': expected the last axis or 1, got [2]",
    ],
    [
      'training in a call',
      () => {
        const norm = new BatchNormalization({ name: 'norm' });
        return tf.model({ inputs: x, outputs: norm.apply(x, { training: true }) as tf.SymbolicTensor });
      },
      "layer 'norm' (BatchNormalization) cannot be exported: it is called with `training: true`",
    ],
    [
      'training in a call of a nested model',
      () => {
        const inner = sequential(new BatchNormalization({ inputShape: [4] }));
        inner.name = 'inner';
        return tf.model({ inputs: x, outputs: inner.apply(x, { training: true }) as tf.SymbolicTensor });
      },
      "layer 'inner' (Sequential) cannot be exported: it is called with `training: true`",
    ],
    [
      'a dilated depthwise convolution',
      () =>
        sequential(
          tf.layers.depthwiseConv2d({
            name: 'conv',
            kernelSize: 2,
            dilationRate: 2,
            padding: 'same',
            inputShape,
          }),
        ),
      "layer 'conv' (DepthwiseConv2D) cannot be exported: option 'dilationRate': expected 1, tf.layers leaves it out",
    ],
    [
      'a class with the name of another one that it extends',
      () => {
        class Doubled extends BatchNormalization {
          override call(inputs: tf.Tensor, keywords: Record<string, unknown>) {
            return tf.mul(super.call(inputs, keywords), 2);
          }
        }
        return sequential(new Doubled({ name: 'norm', inputShape: [4] }));
      },
      "layer 'norm' (BatchNormalization) cannot be exported: there is no export for Doubled, whose 'call' computes",
    ],
    [
      "a nested model of a user's class with a call of its own",
      () => {
        class Doubled extends tf.LayersModel {
          static override readonly className = 'Doubled';
          override call(inputs: tf.Tensor, keywords: object) {
            return tf.mul(super.call(inputs, keywords) as tf.Tensor, 2);
          }
        }
        const inner = new Doubled({
          inputs: again,
          outputs: dense({ units: 1 }).apply(again) as tf.SymbolicTensor,
          name: 'inner',
        });
        return tf.model({ inputs: x, outputs: inner.apply(x) as tf.SymbolicTensor });
      },
      "layer 'inner' (Doubled) cannot be exported: there is no export for Doubled, whose 'call' computes",
    ],
    [
      'inputs of several ranks',
      () => {
        const row = tf.layers.reshape({ targetShape: [1, 4] }).apply(again) as tf.SymbolicTensor;
        const sum = tf.layers.add({ name: 'sum' }).apply([x, row]) as tf.SymbolicTensor;
        return tf.model({ inputs: [x, again], outputs: sum });
      },
      "layer 'sum' (Add) cannot be exported: expected inputs of one rank, got 2, 3; reshape them",
    ],
  ])('%s', async (_, model, message) => {
    const exporting = exportOnnx(model());
    await expect(exporting).rejects.toThrow(OnnxError);
    await expect(exporting).rejects.toThrow(message);
  });

  test('a model that is not built', async () => {
    await expect(exportOnnx(tf.sequential())).rejects.toThrow('the model is not built');
  });
});

test('a node has several outputs if they are named', async () => {
  const value = (name: string, ...shape: number[]) => ({ name, shape });
  const bytes = encodeOnnx({
    ...{ name: 'two halves', opset: 18, irVersion: 8, constants: [], inputs: [value('x', 4)] },
    outputs: [value('first', 2), value('second', 2)],
    nodes: [
      {
        operator: 'Split',
        inputs: ['x'],
        output: ['first', 'second'],
        attributes: { num_outputs: { int: 2 } },
      },
    ],
  });
  const session = await ort.InferenceSession.create(bytes);
  const { first, second } = await session.run({ x: new ort.Tensor('float32', [1, 2, 3, 4], [4]) });
  expect([first, second].map((half) => [...(half!.data as Float32Array)])).toEqual([
    [1, 2],
    [3, 4],
  ]);
});
