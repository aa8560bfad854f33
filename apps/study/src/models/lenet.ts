/** The LeNet of apps/lenet for images of any size, with any norm of the study. */
import * as tf from '@tensorflow/tfjs';
import { convolution, dense } from './layer.js';
import type { Network } from './network.js';
import type { NetworkOptions } from './networkOptions.js';
import { createNorm } from './norms.js';

export function createLenet({ image, classes, norm, initialization }: NetworkOptions): Network {
  const { random } = initialization;
  const [height, width] = [image.height - 4, image.width - 4];
  const [smallHeight, smallWidth] = [(height >> 1) - 4, (width >> 1) - 4];
  if (Math.min(smallHeight, smallWidth) < 2) {
    throw new RangeError(
      `LeNet needs images of at least 16 pixels a side, got ${image.height}x${image.width}`,
    );
  }
  const conv1 = convolution(
    {
      name: 'conv1',
      input: image.channels,
      output: 6,
      size: 5,
      pad: 0,
      norm: createNorm(norm, [height, width, 6], random),
    },
    initialization,
  );
  const conv2 = convolution(
    {
      name: 'conv2',
      input: 6,
      output: 16,
      size: 5,
      pad: 0,
      norm: createNorm(norm, [smallHeight, smallWidth, 16], random),
    },
    initialization,
  );
  const make = (name: string, input: number, output: number) =>
    dense({ name, input, output, norm: createNorm(norm, [output], random) }, initialization);
  const fc1 = make('fc1', (smallHeight >> 1) * (smallWidth >> 1) * 16, 120);
  const fc2 = make('fc2', 120, 84);
  const fc3 = dense({ name: 'fc3', input: 84, output: classes }, initialization);
  return {
    layers: [conv1, conv2, fc1, fc2, fc3],
    forward: (images, mode) => {
      let x = tf.avgPool(tf.sigmoid(conv1.apply(images, mode)) as tf.Tensor4D, 2, 2, 'valid');
      x = tf.avgPool(tf.sigmoid(conv2.apply(x, mode)) as tf.Tensor4D, 2, 2, 'valid');
      let features: tf.Tensor = tf.reshape(x, [images.shape[0], -1]);
      for (const layer of [fc1, fc2]) features = tf.sigmoid(layer.apply(features, mode));
      return fc3.apply(features, mode) as tf.Tensor2D;
    },
  };
}
