/** Behind Flatten, features have another order in PyTorch than in tf.layers. */
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
