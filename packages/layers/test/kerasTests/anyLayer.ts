/** The part of Keras' test of every layer about mixed precision; the rest of it is `layerTest`. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import {
  BatchNormalization,
  GroupNormalization,
  LayerNormalization,
  Normalization,
  RMSNormalization,
  SpectralNormalization,
  UnitNormalization,
} from '../../src/index.js';
import { agrees, type KerasTest, otherwise } from './kerasTest.js';
import { apply } from './numbers.js';

const dtype = 'mixed_float16' as never;

const mixed: Record<string, () => tf.layers.Layer> = {
  BatchNormalization: () => new BatchNormalization({ dtype }),
  GroupNormalization: () => new GroupNormalization({ groups: 2, dtype }),
  LayerNormalization: () => new LayerNormalization({ dtype }),
  RMSNormalization: () => new RMSNormalization({ dtype }),
  SpectralNormalization: () => {
    const norm = new SpectralNormalization({ layer: tf.layers.dense({ units: 2 }), dtype });
    return norm as unknown as tf.layers.Layer;
  },
  UnitNormalization: () => new UnitNormalization({ dtype }),
  Normalization: () => new Normalization({ dtype }),
};

const ofEach = (check: (layer: tf.layers.Layer, y: tf.Tensor) => void) =>
  Object.fromEntries(
    Object.entries(mixed).map(([name, make]) => [
      name,
      () => {
        const layer = make();
        check(layer, apply(layer, tf.randomNormal([3, 4], 0, 1, 'float32', 1), { training: true }));
      },
    ]),
  );

export const anyLayer: readonly KerasTest[] = [
  agrees(
    'run_layer_test',
    'in mixed precision the weights are float32',
    ofEach((layer) => {
      for (const weight of layer.getWeights().filter(({ shape }) => shape.length > 0)) {
        expect(weight.dtype).toBe('float32');
      }
    }),
  ),
  otherwise(
    'differs',
    'run_layer_test',
    'in mixed precision the output is float16',
    'it is float32: TensorFlow.js has no float16',
    ofEach((_, y) => expect(y.dtype).toBe('float32')),
  ),
];
