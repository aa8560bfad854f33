import { median } from '@bn/tooling/median';
import * as tf from '@tensorflow/tfjs';
import { repeat } from '../measure/timing.js';
import type { JobOf } from './job.js';

/** Operations a second of a convolution as ResNet-50 has many, forward and backward. */
export function measureConvolution({ seconds }: JobOf<'convolution'>): { operationsPerSecond: number } {
  const [size, channels, images] = [28, 128, 4];
  const x = tf.randomNormal<tf.Rank.R4>([images, size, size, channels]);
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, channels, channels]);
  const convolve = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2d(x, filter, 1, 'same');
  const y = convolve(x, filter);
  const gradientsOf = tf.grads((x, filter) => convolve(x as tf.Tensor4D, filter as tf.Tensor4D));
  const run = () => {
    const gradients = gradientsOf([x, filter], y);
    for (const gradient of gradients) gradient.dataSync();
    tf.dispose(gradients);
  };
  const milliseconds = median(repeat(run, { seconds }));
  const operations = 3 * 2 * images * size * size * channels * channels * 9;
  return { operationsPerSecond: operations / (milliseconds / 1000) };
}
