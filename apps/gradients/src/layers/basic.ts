/** Dense layers, activations, shapes, merges, noise and normalizations. */
import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from '../table/case.js';
import { signed } from '../table/values.js';
import { layerCase } from './layerCase.js';

const features = () => signed([4, 3]);
const series = () => signed([2, 5, 3]);
const image = () => signed([2, 3, 4, 3]);

const activations = [
  ...[
    'elu',
    'hardSigmoid',
    'linear',
    'relu',
    'relu6',
    'selu',
    'sigmoid',
    'softmax',
    'softplus',
    'softsign',
    'tanh',
  ],
  ...['swish', 'mish', 'gelu', 'gelu_new'],
] as const;

type Merge = () => tf.layers.Layer;

function merges(make: Merge): GradientCase[] {
  return [
    layerCase('two inputs', make, [signed([2, 3], 1), signed([2, 3], 2)]),
    layerCase('three inputs', make, [signed([2, 3, 2], 1), signed([2, 3, 2], 2), signed([2, 3, 2], 3)]),
    layerCase('inputs that broadcast', make, [signed([2, 3, 4], 1), signed([2, 1, 4], 2)]),
  ];
}

export const basic: Record<string, GradientCase[]> = {
  activation: activations.map((activation) =>
    layerCase(activation, () => tf.layers.activation({ activation: activation as 'relu' }), [series()]),
  ),
  add: merges(() => tf.layers.add()),
  alphaDropout: [layerCase('in training', () => tf.layers.alphaDropout({ rate: 0.4 }), [series()])],
  average: merges(() => tf.layers.average()),
  batchNormalization: [
    layerCase('features', () => tf.layers.batchNormalization({}), [features()]),
    layerCase('an image', () => tf.layers.batchNormalization({}), [image()]),
    layerCase('a series', () => tf.layers.batchNormalization({}), [series()]),
    layerCase('channels first', () => tf.layers.batchNormalization({ axis: 1 }), [image()]),
    layerCase('in inference', () => tf.layers.batchNormalization({}), [image()], {
      call: (layer, inputs) => layer.apply(inputs, { training: false }) as tf.Tensor,
    }),
  ],
  categoryEncoding: [
    layerCase('oneHot', () => tf.layers.categoryEncoding({ numTokens: 4, outputMode: 'oneHot' }), [], {
      call: (layer) => layer.apply(tf.tensor1d([3, 0, 1], 'int32')) as tf.Tensor,
    }),
  ],
  concatenate: [
    layerCase('the last axis', () => tf.layers.concatenate(), [signed([2, 3], 1), signed([2, 1], 2)]),
    layerCase('the first axis after the batch', () => tf.layers.concatenate({ axis: 1 }), [
      signed([2, 1, 3], 1),
      signed([2, 2, 3], 2),
    ]),
  ],
  dense: [
    ...(['linear', 'relu', 'softmax'] as const).map((activation) =>
      layerCase(activation, () => tf.layers.dense({ units: 4, activation }), [features()]),
    ),
    layerCase('of a series', () => tf.layers.dense({ units: 4 }), [series()]),
    layerCase('of an image, no bias', () => tf.layers.dense({ units: 2, useBias: false }), [image()]),
  ],
  dot: [
    layerCase('features', () => tf.layers.dot({ axes: -1 }), [signed([2, 3], 1), signed([2, 3], 2)]),
    layerCase('normalized', () => tf.layers.dot({ axes: -1, normalize: true }), [
      signed([2, 3], 1),
      signed([2, 3], 2),
    ]),
    layerCase('series', () => tf.layers.dot({ axes: [2, 2] }), [signed([2, 3, 4], 1), signed([2, 5, 4], 2)]),
  ],
  dropout: [
    layerCase('in training', () => tf.layers.dropout({ rate: 0.4, seed: 5 }), [series()]),
    layerCase('whole features', () => tf.layers.dropout({ rate: 0.4, noiseShape: [2, 1, 3], seed: 5 }), [
      series(),
    ]),
  ],
  elu: [layerCase('of a series', () => tf.layers.elu(), [series()])],
  embedding: [
    layerCase('repeated words', () => tf.layers.embedding({ inputDim: 5, outputDim: 3 }), [], {
      call: (layer) => layer.apply(tf.tensor2d([1, 4, 1, 0, 0, 2], [2, 3], 'int32')) as tf.Tensor,
    }),
    layerCase('words as floats', () => tf.layers.embedding({ inputDim: 5, outputDim: 2 }), [], {
      call: (layer) => layer.apply(tf.tensor2d([1, 4, 1, 0], [2, 2])) as tf.Tensor,
    }),
  ],
  flatten: [layerCase('an image', () => tf.layers.flatten(), [image()])],
  gaussianDropout: [layerCase('in training', () => tf.layers.gaussianDropout({ rate: 0.4 }), [series()])],
  gaussianNoise: [layerCase('in training', () => tf.layers.gaussianNoise({ stddev: 0.3 }), [series()])],
  inputLayer: [
    layerCase(
      'in front of a dense layer',
      () =>
        tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [3] }), tf.layers.dense({ units: 2 })] }),
      [features()],
    ),
  ],
  layerNormalization: [
    layerCase('features', () => tf.layers.layerNormalization(), [features()]),
    layerCase('a series', () => tf.layers.layerNormalization(), [series()]),
    layerCase('two axes', () => tf.layers.layerNormalization({ axis: [1, 2] }), [series()]),
    layerCase('no scale and no center', () => tf.layers.layerNormalization({ scale: false, center: false }), [
      series(),
    ]),
  ],
  leakyReLU: [layerCase('a slope', () => tf.layers.leakyReLU({ alpha: 0.2 }), [series()])],
  masking: [layerCase('of no masked step', () => tf.layers.masking({ maskValue: 0 }), [series()])],
  maximum: merges(() => tf.layers.maximum()),
  minimum: merges(() => tf.layers.minimum()),
  multiply: merges(() => tf.layers.multiply()),
  permute: [layerCase('two axes', () => tf.layers.permute({ dims: [2, 1] }), [series()])],
  prelu: [
    layerCase('a slope for each element', () => tf.layers.prelu(), [series()]),
    layerCase('shared axes', () => tf.layers.prelu({ sharedAxes: [1, 2] } as never), [image()]),
  ],
  reLU: [
    layerCase('of a series', () => tf.layers.reLU(), [series()]),
    layerCase('with a maximum', () => tf.layers.reLU({ maxValue: 0.7 }), [series()]),
  ],
  repeatVector: [layerCase('three times', () => tf.layers.repeatVector({ n: 3 }), [features()])],
  reshape: [layerCase('an image', () => tf.layers.reshape({ targetShape: [6, 6] }), [image()])],
  softmax: [layerCase('the last axis', () => tf.layers.softmax({ axis: 2 }), [series()])],
  spatialDropout1d: [
    layerCase('in training', () => tf.layers.spatialDropout1d({ rate: 0.4, seed: 5 }), [series()]),
  ],
  thresholdedReLU: [layerCase('of a series', () => tf.layers.thresholdedReLU({ theta: 0.4 }), [series()])],
};
