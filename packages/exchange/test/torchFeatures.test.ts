/** Behind Flatten, and before a Reshape to an image, features have another order in PyTorch than in tf.layers. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import { Normalization } from '@bn/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { loadTorchStateDict } from '../src/index.js';

beforeAll(() => useBackend('cpu'));

const { dense, flatten } = tf.layers;
/** Weights of a Linear of PyTorch that reads 3 channels of 2 x 2. */
const ascending = {
  dtype: 'F32' as const,
  shape: [1, 12],
  data: Float32Array.from({ length: 12 }, (_, i) => i),
};

test.each<[string, () => tf.layers.Layer[]]>([
  ['an image that is an input', () => []],
  ['an image that is normalized', () => [new Normalization({ mean: 0, variance: 1 })]],
  [
    'an image behind more layers than functions can call each other',
    () => Array.from({ length: 12_000 }, () => tf.layers.dropout({ rate: 0.5 })),
  ],
])('behind Flatten of %s the features have the order of tf.layers', async (_, before) => {
  const [input, head] = [
    tf.layers.inputLayer({ inputShape: [2, 2, 3] }),
    dense({ units: 1, useBias: false }),
  ];
  const model = tf.sequential({ layers: [input, ...before(), flatten(), head] });
  const arrays = { [`${head.name}.weight`]: ascending };
  await loadTorchStateDict(model, { arrays, metadata: {} });
  // PyTorch numbers height and width within each channel.
  const channels = [0, 1, 2];
  expect([...head.getWeights()[0]!.dataSync()]).toEqual(
    [0, 1, 2, 3].flatMap((pixel) => channels.map((c) => 4 * c + pixel)),
  );
});

/** Weights of a Linear of PyTorch that gives 3 channels of 2 x 2, and what stands where in tf.layers. */
const columns = { ...ascending, shape: [12, 1] };
const turned = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11];
const unturned = Array.from(ascending.data);
const reshape = () => tf.layers.reshape({ targetShape: [2, 2, 3] });
const valuesOf = (layer: tf.layers.Layer) =>
  layer.getWeights().map((weight) => Array.from(weight.dataSync()));

test.each<[string, tf.layers.Layer[], number[]]>([
  ['to an image', [reshape()], turned],
  ['behind an activation', [tf.layers.reLU(), reshape()], turned],
  [
    'of a sequence that a convolution reads',
    [tf.layers.reshape({ targetShape: [4, 3] }), tf.layers.averagePooling1d({ poolSize: 2 })],
    turned,
  ],
  ['of a sequence', [tf.layers.reshape({ targetShape: [4, 3] })], unturned],
  [
    'to channels first',
    [
      tf.layers.reshape({ targetShape: [3, 2, 2] }),
      tf.layers.maxPooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }),
    ],
    unturned,
  ],
])('before a Reshape %s the features have the order of tf.layers', async (_, behind, wanted) => {
  const head = dense({ units: 12, inputShape: [1] });
  const model = tf.sequential({ layers: [head, ...behind] });
  const { name } = head;
  const arrays = { [`${name}.weight`]: columns, [`${name}.bias`]: { ...ascending, shape: [12] } };
  await loadTorchStateDict(model, { arrays, metadata: {} });
  expect(valuesOf(head)).toEqual([wanted, wanted]);
});

test('what stands between is turned, too, and behind Flatten nothing has moved', async () => {
  const [first, norm, last] = [
    dense({ units: 12, useBias: false, inputShape: [1] }),
    tf.layers.batchNormalization({ center: false }),
    dense({ units: 1, useBias: false }),
  ];
  const model = tf.sequential({ layers: [first, norm, reshape(), flatten(), last] });
  const one = { ...ascending, shape: [12] };
  const arrays = {
    [`${first.name}.weight`]: columns,
    ...Object.fromEntries(
      ['weight', 'running_mean', 'running_var'].map((key) => [`${norm.name}.${key}`, one]),
    ),
    [`${last.name}.weight`]: ascending,
  };
  await loadTorchStateDict(model, { arrays, metadata: {} });
  expect([first, norm, last].flatMap(valuesOf)).toEqual([turned, turned, turned, turned, turned]);
});

test('one pixel of many channels has one order', async () => {
  const x = tf.input({ shape: [1] });
  const features = dense({ name: 'd', units: 12, useBias: false }).apply(x) as tf.SymbolicTensor;
  const readers = [
    tf.layers.reshape({ targetShape: [1, 1, 12] }),
    dense({ name: 'e', units: 1, useBias: false }),
  ];
  const outputs = readers.map((layer) => layer.apply(features) as tf.SymbolicTensor);
  const model = tf.model({ inputs: x, outputs });
  await loadTorchStateDict(model, { arrays: { 'd.weight': columns, 'e.weight': ascending }, metadata: {} });
  expect(valuesOf(model.getLayer('d'))).toEqual([unturned]);
});

test('features that are read as an image and as they are, are refused', async () => {
  const x = tf.input({ shape: [1] });
  const features = dense({ name: 'head', units: 12 }).apply(x) as tf.SymbolicTensor;
  const outputs = [reshape(), tf.layers.dense({ units: 1 })].map(
    (layer) => layer.apply(features) as tf.SymbolicTensor,
  );
  const loading = loadTorchStateDict(tf.model({ inputs: x, outputs }), { arrays: {}, metadata: {} });
  await expect(loading).rejects.toThrow("layer 'head' gives features that are read in several orders");
});
