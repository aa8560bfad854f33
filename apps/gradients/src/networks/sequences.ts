/** Networks for series and text. */

import { layerNorm } from '@bn/core';
import { BatchNormalization, LayerNormalization, RMSNormalization } from '@bn/layers';
import * as tf from '@tensorflow/tfjs';
import { variable } from '../table/case.js';
import { signed } from '../table/values.js';
import { classification, tensorOf } from './images.js';
import { modelNetwork, type Network } from './network.js';

const seriesCnn = modelNetwork(
  '1-D CNN',
  () =>
    tf.sequential({
      layers: [
        tf.layers.conv1d({ filters: 4, kernelSize: 3, padding: 'same', inputShape: [12, 2] }),
        new BatchNormalization(),
        tf.layers.reLU(),
        tf.layers.maxPooling1d({ poolSize: 2 }),
        tf.layers.conv1d({ filters: 6, kernelSize: 3, strides: 2, activation: 'relu' }),
        tf.layers.globalAveragePooling1d({}),
        tf.layers.dense({ units: 4 }),
      ],
    }),
  () => tensorOf([4, 12, 2], 1),
  classification,
);

const units = 4;
const recurrentLayers: [name: string, makeLayer: () => tf.layers.Layer][] = [
  ['LSTM', () => tf.layers.lstm({ units, returnSequences: true, inputShape: [6, 2] })],
  ['GRU', () => tf.layers.gru({ units, returnSequences: true, inputShape: [6, 2] })],
  [
    'BiLSTM',
    () =>
      tf.layers.bidirectional({
        layer: tf.layers.lstm({ units, returnSequences: true }) as tf.RNN,
        inputShape: [6, 2],
      } as Parameters<typeof tf.layers.bidirectional>[0]),
  ],
];

const recurrents = recurrentLayers.map(([name, makeLayer]) =>
  modelNetwork(
    `${name} with LayerNormalization`,
    () =>
      tf.sequential({
        layers: [
          makeLayer(),
          new LayerNormalization(),
          tf.layers.lstm({ units: 4 }),
          tf.layers.dense({ units: 4 }),
        ],
      }),
    () => tensorOf([4, 6, 2], 2),
    classification,
  ),
);

/** 0 pads the shorter texts, and is masked. */
const text = modelNetwork(
  'text with embedding and mask',
  () =>
    tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 7, outputDim: 4, maskZero: true, inputLength: 5 }),
        tf.layers.lstm({ units: 4, returnSequences: true }),
        tf.layers.gru({ units: 4 }),
        new RMSNormalization(),
        tf.layers.dense({ units: 4 }),
      ],
    }),
  () => tf.tensor2d([1, 4, 2, 6, 3, 5, 1, 1, 0, 0, 2, 2, 6, 0, 0, 3, 4, 0, 0, 0], [4, 5], 'int32'),
  classification,
);

/** A transformer's block in plain tfjs: weights of rank 2 times batches of rank 3, and softmax over scores. */
const attention: Network = {
  name: 'attention block',
  make: () => {
    const [batch, length, width, heads] = [2, 6, 8, 2];
    const scaled = (shape: number[], seed: number) => {
      const { values } = signed(shape, seed);
      return variable({ shape, values: values.map((value) => value * 0.45) });
    };
    const [query, key, value, output] = [1, 2, 3, 4].map((seed) => scaled([width, width], seed)) as [
      ...[tf.Variable, tf.Variable, tf.Variable, tf.Variable],
    ];
    const [wide, narrow, head] = [scaled([width, 10], 5), scaled([10, width], 6), scaled([width, 4], 7)];
    const positions = scaled([length, width], 8);
    const norms = [9, 10, 11, 12].map((seed) => scaled([width], seed));
    const variables = [query, key, value, output, wide, narrow, head, positions, ...norms];
    const split = (x: tf.Tensor) =>
      tf.transpose(tf.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
    const normalize = (x: tf.Tensor, at: number) =>
      layerNorm(x, {
        normalizedShape: [width],
        gamma: norms[at] as tf.Tensor1D,
        beta: norms[at + 1] as tf.Tensor1D,
      });
    const loss = () => {
      const x = tf.add(tensorOf([batch, length, width], 13), positions);
      const inner = normalize(x, 0);
      const [q, k, v] = [query, key, value].map((weights) => split(tf.matMul(inner, weights))) as [
        ...[tf.Tensor, tf.Tensor, tf.Tensor],
      ];
      const scores = tf.mul(tf.matMul(q, k, false, true), Math.sqrt(heads / width));
      const mixed = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]), x.shape);
      const attended = tf.add(x, tf.matMul(mixed, output));
      const hidden = tf.selu(tf.matMul(normalize(attended, 2), wide));
      const result = tf.add(attended, tf.matMul(hidden, narrow));
      return classification(tf.matMul(result, head));
    };
    return { objectives: [{ variables, loss }], dispose: () => tf.dispose(variables) };
  },
};

export const sequenceNetworks: readonly Network[] = [seriesCnn, ...recurrents, text, attention];
