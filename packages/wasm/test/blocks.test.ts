/** Samples are worked on in blocks of rows or of groups, and rows in pairs; of that nothing is to be seen in what becomes of a sample. */
import '@tensorflow/tfjs';
import { groupNorm, instanceNorm, layerNorm, rmsNorm, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '../src/index.js';

type Norm = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor;

const layer: Norm = (x, gamma, beta) => layerNorm(x, { normalizedShape: x.shape[1]!, gamma, beta });
const rms: Norm = (x, gamma, beta) => rmsNorm(x, { normalizedShape: x.shape[1]!, gamma }).add(beta);
const groupsOf =
  (numGroups: number): Norm =>
  (x, gamma, beta) =>
    groupNorm(x, { numGroups, gamma, beta });
const instance: Norm = (x, gamma, beta) => instanceNorm(x, { gamma, beta });

/** Samples, channels, and height and width. */
const cases: readonly (readonly [string, readonly number[], Norm])[] = [
  ['LayerNorm, full blocks and one that is not', [37, 40], layer],
  ['LayerNorm, short rows with a tail', [66, 7], layer],
  ['LayerNorm, longer rows, an odd number of them', [23, 301], layer],
  ['LayerNorm, a row to a block', [3, 4100], layer],
  ['RMSNorm', [37, 40], rms],
  ['GroupNorm on features', [21, 240], groupsOf(8)],
  ['GroupNorm on images, 16 groups to a block', [9, 8, 65, 125], groupsOf(4)],
  ['GroupNorm on images, a group to a block', [3, 4, 400, 400], groupsOf(2)],
  ['InstanceNorm, 63 groups to a block', [5, 30, 65, 64], instance],
];

beforeAll(() => useBackend('wasm'));

describe.each(cases)('%s', (_name, shape, norm) => {
  const [samples, channels] = shape as [number, number];
  const draw = (shape: readonly number[], seed: number) => tf.randomNormal([...shape], 3, 2, 'float32', seed);
  const make = () => ({
    x: draw(shape, 1),
    dy: draw(shape, 2),
    gamma: draw([channels], 3),
    beta: draw([channels], 4),
  });
  const samplesOf = (tensor: tf.Tensor) => tf.split(tensor, samples);

  it('gives a sample in company the values that it has alone', () => {
    tf.tidy(() => {
      const { x, gamma, beta } = make();
      const alone = samplesOf(x).map((sample) => norm(sample, gamma, beta));
      expect(norm(x, gamma, beta).dataSync()).toEqual(tf.concat(alone).dataSync());
    });
  });

  it('gives a sample in company the gradients that it has alone, and parameters their sum', () => {
    tf.tidy(() => {
      const { x, dy, gamma, beta } = make();
      const gradients = tf.grads((values, gamma, beta) => norm(values!, gamma!, beta!));
      const [dx, dGamma, dBeta] = gradients([x, gamma, beta], dy);
      const dys = samplesOf(dy);
      const alone = samplesOf(x).map((sample, n) => gradients([sample, gamma, beta], dys[n]));
      expectNear(dx!, tf.concat(alone.map(([gradient]) => gradient!)), 1e-6);
      expectNear(dGamma!, tf.addN(alone.map(([, gradient]) => gradient!)), 1e-6 * Math.sqrt(samples));
      expectNear(dBeta!, tf.addN(alone.map(([, , gradient]) => gradient!)), 1e-6 * Math.sqrt(samples));
    });
  });
});

/** @param tolerance of the largest value. */
function expectNear(actual: tf.Tensor, expected: tf.Tensor, tolerance: number): void {
  const largest = tf.max(tf.abs(expected)).dataSync()[0]!;
  const difference = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!;
  expect(difference / largest).toBeLessThan(tolerance);
}
