/** State dicts of PyTorch in models of tf.layers; golden values by scripts/make-golden.py. */
import { readFileSync } from 'node:fs';
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import { GroupNormalization, InstanceNormalization, RMSNormalization } from '@bn/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  loadTorchStateDict,
  type NamedArray,
  type NamedArrays,
  openSafetensors,
  readSafetensors,
  StateDictError,
  writeSafetensors,
} from '../src/index.js';

const golden = (name: string) => readFileSync(new URL(`../golden/${name}.safetensors`, import.meta.url));
const { conv1d, conv2d, conv3d, conv2dTranspose, conv3dTranspose, dense, flatten } = tf.layers;
const epsilon = 1e-5;

beforeAll(() => useBackend('cpu'));

const models: Readonly<Record<string, () => tf.Sequential>> = {
  image: () =>
    tf.sequential({
      layers: [
        conv2d({ name: '0', filters: 4, kernelSize: 3, inputShape: [9, 10, 3] }),
        tf.layers.batchNormalization({ name: '1', epsilon }),
        tf.layers.reLU(),
        tf.layers.depthwiseConv2d({ name: '3', kernelSize: [3, 2], depthMultiplier: 2 }),
        new GroupNormalization({ name: '4', groups: 4, epsilon }),
        conv2dTranspose({ name: '5', filters: 6, kernelSize: 3, strides: 2 }),
        tf.layers.separableConv2d({ name: '6', filters: 5, kernelSize: 3, depthMultiplier: 2 }),
        new InstanceNormalization({ name: '7', epsilon }),
        tf.layers.averagePooling2d({ poolSize: 2 }),
        flatten(),
        tf.layers.batchNormalization({ name: '10', epsilon }),
        tf.layers.activation({ activation: 'relu' }),
        dense({ name: '12', units: 7 }),
        new RMSNormalization({ name: '13', epsilon }),
        dense({ name: '14', units: 3 }),
        tf.layers.layerNormalization({ name: '15', epsilon }),
      ],
    }),
  sequence: () =>
    tf.sequential({
      layers: [
        conv1d({ name: '0', filters: 3, kernelSize: 4, activation: 'tanh', inputShape: [11, 2] }),
        flatten(),
        dense({ name: '3', units: 5 }),
      ],
    }),
  volume: () =>
    tf.sequential({
      layers: [
        conv3d({ name: '0', filters: 3, kernelSize: [2, 3, 2], inputShape: [5, 4, 6, 2] }),
        conv3dTranspose({ name: '1', filters: 4, kernelSize: 2 }),
        flatten(),
        dense({ name: '3', units: 2 }),
      ],
    }),
};

const values = (name: string) => {
  const { x, y } = readSafetensors(golden(`${name}-values`)).arrays as Record<'x' | 'y', NamedArray>;
  const channelsFirst = tf.tensor(x.data as Float32Array, [...x.shape]);
  const spatial = x.shape.slice(2).map((_, axis) => axis + 2);
  return { x: tf.transpose(channelsFirst, [0, ...spatial, 1]), y: y.data as Float32Array };
};

const stateOf = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

describe.each(Object.keys(models))('the network of PyTorch with a %s as input', (name) => {
  test('computes the same with its weights in tf.layers', async () => {
    const model = models[name]!();
    const tensors = tf.memory().numTensors;
    const { loaded, unexpected } = await loadTorchStateDict(model, golden(name));
    expect(tf.memory().numTensors).toBe(tensors);
    expect(loaded).toHaveLength(model.getWeights().length);
    expect(unexpected).toEqual([]);
    const { x, y } = values(name);
    const own = (model.predict(x) as tf.Tensor).dataSync();
    const largest = Math.max(...own.map((value, i) => Math.abs(value - y[i]!)));
    expect(largest).toBeLessThan(2e-5);
  });
});

/** Two layers with a nested model. */
function small(names = { first: 'first', inner: 'inner', second: 'second' }) {
  const inner = tf.sequential({
    name: names.inner,
    layers: [dense({ name: names.second, units: 2, inputShape: [3] })],
  });
  return tf.sequential({ layers: [dense({ name: names.first, units: 3, inputShape: [2] }), inner] });
}

const arrayOf = (...shape: number[]): NamedArray => {
  const data = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => i);
  return { dtype: 'F32', shape, data };
};
const state: NamedArrays = {
  'first.weight': arrayOf(3, 2),
  'first.bias': arrayOf(3),
  'inner.second.weight': arrayOf(2, 3),
  'inner.second.bias': arrayOf(2),
};
const loadedWeights = [
  [0, 2, 4, 1, 3, 5],
  [0, 1, 2],
  [0, 3, 1, 4, 2, 5],
  [0, 1],
];
const contents = (arrays: NamedArrays) => ({ arrays, metadata: {} });

test('a layer in a nested model has the name of the model before its own', async () => {
  const model = small();
  const { loaded } = await loadTorchStateDict(model, contents(state));
  expect(stateOf(model)).toEqual(loadedWeights);
  expect(loaded.map(({ name, layer }) => `${layer} < ${name}`)).toEqual([
    'first < first.weight',
    'first < first.bias',
    'inner.second < inner.second.weight',
    'inner.second < inner.second.bias',
  ]);
});

test('names say which module a layer is, as a record or as a function', async () => {
  const others = { first: 'dense_a', inner: 'part', second: 'dense_b' };
  const names = { dense_a: 'first', 'part.dense_b': 'inner.second' };
  for (const option of [names, (layer: string) => names[layer as keyof typeof names]]) {
    const model = small(others);
    await loadTorchStateDict(model, contents(state), { names: option });
    expect(stateOf(model)).toEqual(loadedWeights);
  }
  await expect(loadTorchStateDict(small(), contents(state), { names: { frist: 'first' } })).rejects.toThrow(
    "names: expected names of layers with weights, got 'frist'; the model has first, inner.second",
  );
});

test('an opened file, prefixes of wrappers and 16-bit numbers are read', async () => {
  const wrapped = Object.fromEntries(
    Object.entries(state).map(([name, array]) => [`module._orig_mod.${name}`, { ...array, dtype: 'BF16' }]),
  ) as NamedArrays;
  const model = small();
  const bytes = writeSafetensors(contents(wrapped));
  await loadTorchStateDict(model, await openSafetensors(new Blob([new Uint8Array(bytes)])));
  expect(stateOf(model)).toEqual(loadedWeights);
});

test('all that does not match is listed, and nothing is loaded', async () => {
  const model = small();
  const before = stateOf(model);
  const { 'first.bias': _, ...rest } = state;
  const wrong = {
    ...rest,
    'first.weight': arrayOf(2, 3),
    'inner.second.bias': { dtype: 'I8', shape: [2], data: Int8Array.of(1, 2) } as const,
    'norm.num_batches_tracked': { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) } as const,
    'head.weight': arrayOf(1),
  };
  const error = await loadTorchStateDict(model, contents(wrong)).catch(
    (thrown: unknown) => thrown as StateDictError,
  );
  expect(error).toBeInstanceOf(StateDictError);
  if (!(error instanceof StateDictError)) return;
  expect(error.message).toBe(
    [
      'this is no state dict of the model; nothing was loaded:',
      "  first.weight: expected F32 [3, 2] for layer 'first', got F32 [2, 3]",
      "  first.bias: expected F32 [3] for layer 'first', missing",
      "  inner.second.bias: expected F32 [2] for layer 'inner.second', got I8 [2]",
      '  head.weight: not expected by any layer, got F32 [1]',
    ].join('\n'),
  );
  expect(error.differences).toHaveLength(4);
  expect(stateOf(model)).toEqual(before);
});

test('numbers that float32 cannot hold are refused, and nothing is loaded', async () => {
  const model = small();
  const before = stateOf(model);
  const bias = { dtype: 'F64', shape: [2], data: Float64Array.of(1e300, 0) } as const;
  await expect(loadTorchStateDict(model, contents({ ...state, 'inner.second.bias': bias }))).rejects.toThrow(
    'inner.second.bias: expected numbers that float32 can hold, got 1e+300',
  );
  expect(stateOf(model)).toEqual(before);
});

test('weights of others are reported if they are allowed', async () => {
  const more = { ...state, 'head.weight': arrayOf(1) };
  const report = await loadTorchStateDict(small(), contents(more), { allowUnexpected: true });
  expect(report.unexpected).toEqual(['head.weight']);
});

const image = () => tf.input({ shape: [2, 2, 3] });
const features = (input: tf.SymbolicTensor) =>
  flatten().apply(conv2d({ name: 'conv', filters: 2, kernelSize: 1 }).apply(input)) as tf.SymbolicTensor;

test.each<[string, () => tf.LayersModel, string]>([
  [
    'a layer whose layout is not known',
    () => tf.sequential({ layers: [tf.layers.lstm({ name: 'memory', units: 2, inputShape: [3, 2] })] }),
    "layer 'memory': the layout of 'kernel' of LSTM in PyTorch is not known; known are Dense, Conv1D,",
  ],
  [
    'layer norm over an image',
    () =>
      tf.sequential({
        layers: [tf.layers.layerNormalization({ name: 'norm', axis: [1, 2, 3], inputShape: [2, 2, 3] })],
      }),
    "layer 'norm' normalizes over 3 axes: whether their order is that of PyTorch is not known",
  ],
  [
    'a layer behind joined images',
    () => {
      const [x, z] = [image(), tf.input({ shape: [4] })];
      const joined = tf.layers.concatenate().apply([features(x), z]) as tf.SymbolicTensor;
      const y = dense({ name: 'head', units: 1 }).apply(joined) as tf.SymbolicTensor;
      return tf.model({ inputs: [x, z], outputs: y });
    },
    "layer 'head' reads flattened images that are joined with others",
  ],
  [
    'groups of flattened images',
    () => {
      const x = image();
      const norm = new GroupNormalization({ name: 'norm', groups: 2 });
      return tf.model({ inputs: x, outputs: norm.apply(features(x)) as tf.SymbolicTensor });
    },
    "layer 'norm' has groups of flattened images, which PyTorch divides otherwise",
  ],
])('%s is refused by name', async (_, model, message) => {
  const loading = loadTorchStateDict(model(), contents({}));
  await expect(loading).rejects.toThrow(StateDictError);
  await expect(loading).rejects.toThrow(message);
});

test('fewer numbers than the shape says are refused, and nothing is loaded', async () => {
  const model = tf.sequential({ layers: [dense({ name: 'd', units: 2, useBias: false, inputShape: [1] })] });
  const before = model.getWeights()[0]!.arraySync();
  const arrays: NamedArrays = { 'd.weight': { dtype: 'F32', shape: [2, 1], data: Float32Array.of(5) } };
  const loading = loadTorchStateDict(model, { arrays, metadata: {} });
  await expect(loading).rejects.toThrow(StateDictError);
  await expect(loading).rejects.toThrow(
    'd.weight: expected 2 numbers for the shape [2, 1], got 1; nothing was loaded',
  );
  expect(model.getWeights()[0]!.arraySync()).toEqual(before);
});
