/** Third derivatives, as tfjs gives them for the same formula written in its own operations on its cpu backend. */
import * as core from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../src/index.js';

const EPSILON = 1e-2;
const mask = [1, 1, 0, 1];

function normalized(x: tf.Tensor, axis: number, weights: tf.Tensor): tf.Tensor {
  const count = tf.sum(tf.mul(weights, tf.onesLike(x)), axis, true);
  const meanOf = (values: tf.Tensor) => tf.div(tf.sum(tf.mul(values, weights), axis, true), count);
  const centered = tf.sub(x, meanOf(x));
  return tf.div(centered, tf.sqrt(tf.add(meanOf(tf.square(centered)), EPSILON)));
}

const cases: [string, (x: tf.Tensor) => tf.Tensor, (x: tf.Tensor) => tf.Tensor][] = [
  ['batchNorm', (x) => core.batchNorm(x, { epsilon: EPSILON }).y, (x) => normalized(x, 0, tf.ones([4, 1]))],
  [
    'batchNorm with a mask',
    (x) => core.batchNorm(x, { epsilon: EPSILON, mask: tf.tensor1d(mask) }).y,
    (x) => normalized(x, 0, tf.tensor2d(mask, [4, 1])),
  ],
  [
    'layerNorm',
    (x) => core.layerNorm(x, { normalizedShape: 3, epsilon: EPSILON }),
    (x) => normalized(x, 1, tf.ones([1, 3])),
  ],
  [
    'rmsNorm',
    (x) => core.rmsNorm(x, { normalizedShape: 3, epsilon: EPSILON }),
    (x) => tf.div(x, tf.sqrt(tf.add(tf.mean(tf.square(x), 1, true), EPSILON))),
  ],
];

/** d/dx of sum(v d/dx of sum(v d/dx of sum(v y^3))). */
function thirdGradient(y: (x: tf.Tensor) => tf.Tensor): number[] {
  return tf.tidy(() => {
    const v = tf.tensor2d([0.6, 0.7, -0.8, 0.9, 1, -1.1, 1.2, 1.3, 1.4, -1.5, 1.6, 1.7], [4, 3]);
    const x = tf.tensor2d([0.3, -1.2, 0.8, 1.1, 0.4, -0.5, -0.7, 1.6, 0.1, 0.9, -0.2, -1.4], [4, 3]);
    const sumOf = (f: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => tf.sum(tf.mul(v, f(x))) as tf.Scalar;
    const first = tf.grad(sumOf((x) => tf.pow(y(x), 3)));
    const third = tf.grad(sumOf(tf.grad(sumOf(first))));
    return Array.from(third(x).dataSync());
  });
}

describe('third derivatives', () => {
  beforeAll(async () => {
    await tf.ready();
  });
  afterAll(() => tf.setBackend('wasm'));

  it.each(cases)('of %s', async (_, ours, formula) => {
    await tf.setBackend('cpu');
    const wanted = thirdGradient(formula);
    await tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    const got = thirdGradient(ours);
    expect(tf.memory().numTensors).toBe(before);
    const largest = Math.max(...wanted.map(Math.abs));
    for (const [i, value] of got.entries()) expect(Math.abs(value - wanted[i]!) / largest).toBeLessThan(1e-4);
  });
});
