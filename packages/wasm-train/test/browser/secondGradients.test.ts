/** Gradients of the gradients of max poolings on webgl, whose tf.where takes no volumes, against cpu. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import '../../src/index.js';
import { random } from '../support/compare.js';

const volumes: [number, number, number, number, number] = [1, 4, 5, 6, 2];
const images: [number, number, number, number] = [4, 5, 6, 2];

it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
  ['volumes', (x) => tf.maxPool3d(tf.reshape(x, volumes) as tf.Tensor5D, 3, [2, 1, 2], 'same')],
  ['images', (x) => tf.maxPool(tf.reshape(x, images) as tf.Tensor4D, 2, 2, 0, 'ceil')],
])('of %s is what cpu gives', async (_, operation) => {
  const [values, direction] = [random(240, 1), random(240, 2)];
  const second = async (backend: string) => {
    await tf.setBackend(backend);
    return tf.tidy(() => {
      const first = tf.grad((x: tf.Tensor) => tf.sum(tf.square(operation(x))));
      const ofDirection = (x: tf.Tensor) => tf.sum(tf.mul(first(x), tf.tensor1d(direction)));
      return tf.grad(ofDirection)(tf.tensor1d(values)).dataSync();
    });
  };
  const truth = await second('cpu');
  const got = await second('webgl');
  expect(truth.some((value) => value !== 0)).toBe(true);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(truth[i]!, 4);
  });
});
