/**
 * A residual network of 6n + 2 layers (He and others, 2016, section 4.2): a 3x3 convolution, three stages of n blocks of two 3x3
 * convolutions, a mean over all positions, and the logits. The first block of the second and third stage halves the image and
 * doubles the channels; its shortcut takes every second pixel and adds channels of zeros (their option A). A norm stands behind
 * each convolution, before the ReLU.
 */
import * as tf from '@tensorflow/tfjs';
import type { ForwardMode } from './forwardMode.js';
import { convolution, dense, type Layer } from './layer.js';
import type { Network } from './network.js';
import type { NetworkOptions } from './networkOptions.js';
import { createNorm } from './norms.js';

export interface ResnetShape {
  /** 6n + 2, from 8 to 110. */
  readonly depth: number;
  /** Channels of the first stage; 16 in the paper. */
  readonly width: number;
}

interface Block {
  readonly first: Layer;
  readonly second: Layer;
  readonly stride: number;
}

export function createResnet(
  { depth, width }: ResnetShape,
  { image, classes, norm, initialization }: NetworkOptions,
): Network {
  if ((depth - 2) % 6 !== 0 || depth < 8 || depth > 110) {
    throw new RangeError(`a ResNet has 6n + 2 layers, from 8 to 110, got ${depth}`);
  }
  const { random } = initialization;
  const make = (name: string, input: number, output: number, stride: number, [h, w]: [number, number]) => {
    const placed = createNorm(norm, [h, w, output], random);
    return convolution({ name, input, output, size: 3, stride, norm: placed, bias: false }, initialization);
  };
  let size: [number, number] = [image.height, image.width];
  const stem = make('conv1', image.channels, width, 1, size);
  const blocks: Block[] = [];
  let channels = width;
  for (let stage = 0; stage < 3; stage++) {
    const output = width * 2 ** stage;
    for (let number = 0; number < (depth - 2) / 6; number++) {
      const stride = stage > 0 && number === 0 ? 2 : 1;
      size = size.map((side) => Math.ceil(side / stride)) as [number, number];
      const name = `layer${stage + 1}.${number}`;
      blocks.push({
        first: make(`${name}.conv1`, channels, output, stride, size),
        second: make(`${name}.conv2`, output, output, 1, size),
        stride,
      });
      channels = output;
    }
  }
  const logits = dense({ name: 'fc', input: channels, output: classes }, initialization);

  const forward = (images: tf.Tensor4D, mode: ForwardMode): tf.Tensor2D => {
    let x = tf.relu(stem.apply(images, mode)) as tf.Tensor4D;
    for (const { first, second, stride } of blocks) {
      const y = second.apply(tf.relu(first.apply(x, mode)), mode) as tf.Tensor4D;
      x = tf.relu(tf.add(y, stride === 1 ? x : shortcut(x, y.shape[3], stride)));
    }
    return logits.apply(tf.mean(x, [1, 2]), mode) as tf.Tensor2D;
  };
  const layers = [stem, ...blocks.flatMap(({ first, second }) => [first, second]), logits];
  return { layers, forward };
}

/** Every second pixel, and channels of zeros behind. A pooling window of one pixel has a gradient on every backend. */
function shortcut(x: tf.Tensor4D, channels: number, stride: number): tf.Tensor4D {
  const pixels = tf.avgPool(x, 1, stride, 'valid');
  return tf.pad(pixels, [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, channels - x.shape[3]],
  ]);
}
