/** spectral_normalization_test.py of tf.keras 2, what it has beyond that of Keras 3. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { SpectralNormalization } from '../../../src/index.js';
import { expectClose } from '../../support/compare.js';
import { savedAndLoaded } from '../../support/models.js';
import { agrees, type KerasTest, otherwise } from '../kerasTest.js';
import { expectFinite, remade } from '../layerTest.js';
import { apply, valuesOf } from '../numbers.js';

const spectral = (inner: tf.layers.Layer, more: object = {}) =>
  new SpectralNormalization({ layer: inner, ...more }) as unknown as tf.layers.Layer;

/** By name: what makes the layer, the shape of its input, and that of its output. */
const inside: Record<string, [make: () => tf.layers.Layer, shape: number[], output: number[]]> = {
  Dense: [() => tf.layers.dense({ units: 2 }), [3, 2], [3, 2]],
  Conv2D: [() => tf.layers.conv2d({ filters: 3, kernelSize: 2, padding: 'same' }), [4, 4, 3], [4, 4, 3]],
  Embedding: [() => tf.layers.embedding({ inputDim: 2, outputDim: 10 }), [2], [2, 10]],
};
const ofInside = (run: (make: () => tf.layers.Layer, shape: number[], output: number[]) => unknown) =>
  Object.fromEntries(Object.entries(inside).map(([name, args]) => [name, () => run(...args)]));

const names = (norm: tf.layers.Layer) =>
  norm.weights.map(({ originalName }) => originalName.replace(/^.*\//, ''));

async function fits(make: () => tf.layers.Layer, shape: number[], output: number[]): Promise<void> {
  const norm = spectral(make(), { inputShape: shape });
  const model = tf.sequential({ layers: [norm, tf.layers.activation({ activation: 'relu' })] });
  model.compile({ optimizer: tf.train.rmsprop(0.001), loss: 'meanSquaredError' });
  const x = tf.randomUniform([2, ...shape], 0, 1, 'float32', 1);
  await model.fit(x, tf.randomUniform([2, ...output], 0, 1, 'float32', 2), { epochs: 3, verbose: 0 });
  expect(names(norm)).toContain('vector_u');
  for (const weight of norm.getWeights()) expectFinite(weight);
}

export const spectralNormalization: readonly KerasTest[] = [
  agrees('test_from_to_config', 'the config keeps the power iterations', {
    '3': () =>
      expect(
        remade(spectral(tf.layers.dense({ units: 1 }), { powerIterations: 3 })).getConfig().powerIterations,
      ).toBe(3),
  }),
  otherwise(
    'in another form',
    'test_save_load_model',
    'a model comes back with the same config from HDF5, SavedModel and .keras',
    'TensorFlow.js saves a model.json; the weights come back too',
    {
      'model.json': async () => {
        const norm = spectral(tf.layers.dense({ units: 1 }), { inputShape: [1] });
        const model = tf.sequential({ layers: [norm] });
        const loaded = await savedAndLoaded(model);
        expect(loaded.layers[0]!.getConfig()).toMatchObject(norm.getConfig());
        expect(loaded.getWeights().map(valuesOf)).toEqual(model.getWeights().map(valuesOf));
      },
    },
  ),
  agrees(
    'test_normalization',
    'the kernel stays in inference; training divides it by its largest singular value',
    {
      'a kernel of twos': () => {
        const kernelInitializer = tf.initializers.constant({ value: 2 });
        const norm = spectral(tf.layers.conv2d({ filters: 1, kernelSize: 2, kernelInitializer }));
        const kernel = () => valuesOf(norm.trainableWeights[0]!.read());
        apply(norm, tf.ones([1, 2, 2, 1]), { training: false });
        expect(kernel()).toEqual([2, 2, 2, 2]);
        apply(norm, tf.ones([1, 2, 2, 1]), { training: true });
        expectClose(kernel(), [0.5, 0.5, 0.5, 0.5], 1e-6);
      },
    },
  ),
  agrees('test_no_layer', 'a tensor in the place of the layer is refused', {
    'a tensor': () =>
      expect(() => spectral(tf.ones([2, 4, 43]) as never)).toThrow(
        'SpectralNormalization: layer must be a layer of tf.layers, got object',
      ),
  }),
  agrees('test_no_kernel', 'a layer without a kernel is refused by build', {
    MaxPooling2D: () =>
      expect(() => spectral(tf.layers.maxPooling2d({ poolSize: 2 })).build([null, 2, 2, 1])).toThrow(
        'layer must have one kernel, got a MaxPooling2D',
      ),
  }),
  agrees(
    'test_model_build',
    'a model of the layer has its vector; by layer inside',
    ofInside((make, shape) => {
      const norm = spectral(make(), { inputShape: shape });
      tf.sequential({ layers: [norm] });
      expect(names(norm)).toContain('vector_u');
    }),
  ),
  agrees('test_model_fit', 'a model of the layer is trained; by layer inside', ofInside(fits)),
];
