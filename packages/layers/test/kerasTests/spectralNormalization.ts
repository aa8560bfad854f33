/** spectral_normalization_test.py. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { SpectralNormalization } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, type KerasTest } from './kerasTest.js';
import { expectFinite, layerTest } from './layerTest.js';
import { apply, valuesOf } from './numbers.js';

const of = (make: () => tf.layers.Layer) => (more?: object) =>
  new SpectralNormalization({ layer: make(), ...more }) as unknown as tf.layers.Layer;
const dense = of(() => tf.layers.dense({ units: 2 }));
const weights = { trainable: 2, nonTrainable: 1, supportsMasking: false };
const uniform = (shape: number[]) => () => tf.randomUniform(shape, 0, 1, 'float32', 1);

function divides() {
  const kernelInitializer = tf.initializers.constant({ value: 1 });
  const conv = () => tf.layers.conv2d({ filters: 1, kernelSize: 2, kernelInitializer });
  const norm = of(conv)({ powerIterations: 8 });
  const images = tf.ones([1, 2, 2, 1]);
  expectClose(valuesOf(apply(norm, images, { training: false })), [4], 1e-6);
  // The largest singular value of a column of four ones is 2.
  expectClose(valuesOf(apply(norm, images, { training: true })), [2], 1e-6);
}

async function trains() {
  const conv = () => tf.layers.conv2d({ filters: 3, kernelSize: 2, padding: 'same' });
  const norm = of(conv)({ powerIterations: 2, inputShape: [8, 8, 3] });
  const model = tf.sequential({ layers: [norm] });
  model.compile({ optimizer: 'rmsprop', loss: 'meanSquaredError' });
  const [x, y] = [uniform([4, 8, 8, 3])(), uniform([4, 8, 8, 3])()];
  const { history } = await model.fit(x, y, { verbose: 0 });
  expect(Number.isFinite(history.loss![0] as number)).toBe(true);
  for (const weight of norm.getWeights()) expectFinite(weight);
}

export const spectralNormalization: readonly KerasTest[] = [
  agrees(
    'test_basic_spectralnorm',
    'the layer test around Dense and around Embedding; masks end at the layer',
    {
      Dense: () =>
        layerTest(dense, {
          shape: [10, 3, 4],
          outputShape: [10, 3, 2],
          input: uniform([10, 3, 4]),
          ...weights,
        }),
      Embedding: () =>
        layerTest(
          of(() => tf.layers.embedding({ inputDim: 10, outputDim: 4 })),
          {
            ...{ shape: [10], outputShape: [10, 4], ...weights, trainable: 1 },
            ...{ input: () => tf.randomUniform([10], 0, 10, 'int32', 1), hasGradient: false },
          },
        ),
    },
  ),
  agrees('test_spectralnorm_higher_dim', 'the layer test around Dense for an input of rank 4', {
    Dense: () =>
      layerTest(dense, {
        ...{ shape: [10, 3, 4, 5], outputShape: [10, 3, 4, 2], input: uniform([10, 3, 4, 5]), ...weights },
      }),
  }),
  agrees('test_invalid_power_iterations', 'no power iterations are refused', {
    '0': () =>
      expect(() => dense({ powerIterations: 0 })).toThrow('powerIterations must be an integer of at least 1'),
  }),
  agrees('test_invalid_layer', 'a layer without a kernel is refused', {
    ReLU: () =>
      expect(() => apply(of(() => tf.layers.reLU())(), tf.ones([4, 2]))).toThrow(
        'layer must have one kernel, got a ReLU',
      ),
  }),
  agrees(
    'test_apply_layer',
    'inference takes the kernel as it is, training divides it by its largest singular value',
    {
      'a convolution of ones': divides,
    },
  ),
  agrees('test_end_to_end', 'a model of the layer is trained', { 'a convolution': trains }),
];
