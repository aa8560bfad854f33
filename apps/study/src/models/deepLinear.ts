/** A deep linear network: dense layers without activations. With a norm behind each layer but the last, it is linear no more. */
import * as tf from '@tensorflow/tfjs';
import { dense, type Layer } from './layer.js';
import type { Network } from './network.js';
import type { NetworkOptions } from './networkOptions.js';
import { createNorm } from './norms.js';

export interface DeepLinearShape {
  /** Number of layers, the last one included. */
  readonly depth: number;
  readonly width: number;
}

export function createDeepLinear(
  { depth, width }: DeepLinearShape,
  { image, classes, norm, initialization }: NetworkOptions,
): Network {
  const layers: Layer[] = [];
  let input = image.height * image.width * image.channels;
  for (let number = 1; number < depth; number++) {
    const placed = createNorm(norm, [width], initialization.random);
    layers.push(dense({ name: `fc${number}`, input, output: width, norm: placed }, initialization));
    input = width;
  }
  layers.push(dense({ name: `fc${depth}`, input, output: classes }, initialization));
  return {
    layers,
    forward: (images, mode) => {
      let x: tf.Tensor = tf.reshape(images, [images.shape[0], -1]);
      for (const layer of layers) x = layer.apply(x, mode);
      return x as tf.Tensor2D;
    },
  };
}
