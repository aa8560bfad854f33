/** Rows are worked on in blocks and in pairs; of that nothing is to be seen in what becomes of a row. */
import '@tensorflow/tfjs';
import { groupNorm, layerNorm, rmsNorm, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '../src/index.js';

type Norm = (x: tf.Tensor2D, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor2D;

const layer: Norm = (x, gamma, beta) => layerNorm(x, { normalizedShape: x.shape[1], gamma, beta });
const rms: Norm = (x, gamma, beta) => rmsNorm(x, { normalizedShape: x.shape[1], gamma }).add(beta);
const group: Norm = (x, gamma, beta) => groupNorm(x, { numGroups: 8, gamma, beta });

/** Samples, channels. */
const cases: readonly (readonly [string, number, number, Norm])[] = [
  ['LayerNorm, full blocks and one that is not', 37, 40, layer],
  ['LayerNorm, short rows with a tail', 66, 7, layer],
  ['LayerNorm, longer rows, an odd number of them', 23, 301, layer],
  ['LayerNorm, a row to a block', 3, 4100, layer],
  ['RMSNorm', 37, 40, rms],
  ['GroupNorm on features', 21, 240, group],
];

beforeAll(() => useBackend('wasm'));

describe.each(cases)('%s', (_name, samples, channels, norm) => {
  const draw = (shape: number[], seed: number) => tf.randomNormal(shape, 3, 2, 'float32', seed);
  const make = () => ({
    x: draw([samples, channels], 1) as tf.Tensor2D,
    dy: draw([samples, channels], 2) as tf.Tensor2D,
    gamma: draw([channels], 3),
    beta: draw([channels], 4),
  });
  const rowsOf = (tensor: tf.Tensor2D) =>
    Array.from({ length: samples }, (_, n) => tensor.slice([n, 0], [1, channels]));

  it('gives a row in company the values that it has alone', () => {
    tf.tidy(() => {
      const { x, gamma, beta } = make();
      const alone = rowsOf(x).map((row) => norm(row, gamma, beta));
      expect(norm(x, gamma, beta).dataSync()).toEqual(tf.concat(alone).dataSync());
    });
  });

  it('gives a row in company the gradients that it has alone, and parameters their sum', () => {
    tf.tidy(() => {
      const { x, dy, gamma, beta } = make();
      const gradients = tf.grads((values, ...parameters) =>
        norm(values as tf.Tensor2D, parameters[0]!, parameters[1]!),
      );
      const [dx, dGamma, dBeta] = gradients([x, gamma, beta], dy);
      const dys = rowsOf(dy);
      const alone = rowsOf(x).map((row, n) => gradients([row, gamma, beta], dys[n]));
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
