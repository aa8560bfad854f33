/**
 * A network of VGG's kind (Simonyan and Zisserman, 2014): stages of 3x3 convolutions, each with a norm and a ReLU, and max
 * pooling behind each stage; then a dense layer with the same, dropout if it is asked for, and the logits.
 */
import * as tf from '@tensorflow/tfjs';
import type { ForwardMode } from './forwardMode.js';
import { convolution, dense, type Layer } from './layer.js';
import type { Network } from './network.js';
import type { NetworkOptions } from './networkOptions.js';
import { createNorm } from './norms.js';

export interface VggShape {
  /** Channels of each stage. */
  readonly widths: readonly number[];
  readonly convolutionsPerStage: number;
  /** Features of the dense layer before the logits. */
  readonly hidden: number;
  /** Share of the dense layer's features that training drops; default 0. */
  readonly dropout?: number;
}

export const standardVgg: VggShape = { widths: [8, 16, 32], convolutionsPerStage: 2, hidden: 64 };

export function createVgg(
  shape: VggShape,
  { image, classes, norm, initialization }: NetworkOptions,
): Network {
  const { random } = initialization;
  let { height, width, channels: input } = image;
  const stages: Layer[][] = [];
  shape.widths.forEach((output, stage) => {
    const layers: Layer[] = [];
    for (let number = 0; number < shape.convolutionsPerStage; number++) {
      const placed = createNorm(norm, [height, width, output], random);
      const name = `conv${stage + 1}.${number + 1}`;
      layers.push(convolution({ name, input, output, size: 3, norm: placed }, initialization));
      input = output;
    }
    stages.push(layers);
    height >>= 1;
    width >>= 1;
  });
  if (height === 0 || width === 0) {
    throw new RangeError(
      `a VGG of ${shape.widths.length} stages needs images of at least ${2 ** shape.widths.length} pixels a side, ` +
        `got ${image.height}x${image.width}`,
    );
  }
  const { hidden, dropout = 0 } = shape;
  const features = { name: 'fc1', input: height * width * input, output: hidden };
  const fc1 = dense({ ...features, norm: createNorm(norm, [hidden], random) }, initialization);
  const fc2 = dense({ name: 'fc2', input: hidden, output: classes }, initialization);

  const forward = (images: tf.Tensor4D, mode: ForwardMode): tf.Tensor2D => {
    let x: tf.Tensor = images;
    for (const stage of stages) {
      for (const layer of stage) x = tf.relu(layer.apply(x, mode));
      x = tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
    }
    x = tf.relu(fc1.apply(tf.reshape(x, [images.shape[0], -1]), mode));
    if (dropout > 0 && mode.statistics === 'training') {
      x = tf.dropout(x, dropout, undefined, random.uniform(0, 1));
    }
    return fc2.apply(x, mode) as tf.Tensor2D;
  };
  return { layers: [...stages.flat(), fc1, fc2], forward };
}
