/** Where sums are taken segment by segment, on one thread or several, they are those of the reference. */
import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { batchNorm, layerNorm, useBackend } from '@bn/core';
import { shareAsUsual, shareEverything } from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, it } from 'vitest';
import { useThreads } from '../src/index.js';

afterAll(async () => {
  await useBackend('wasm');
  await useThreads(1);
  shareAsUsual();
});

type Apply = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor;

const features: Apply = (x, gamma, beta) => batchNorm(x, { gamma, beta }).y;
const channelsLast: Apply = (x, gamma, beta) => batchNorm(x, { gamma, beta, dataFormat: 'channelsLast' }).y;
const rows: Apply = (x, gamma, beta) => layerNorm(x, { gamma, beta, normalizedShape: gamma.size });

/** y, dx, dGamma and dBeta. The mean of x drifts from row to row, so that no two segments have the same statistics. */
async function results(
  backend: string,
  shape: number[],
  channels: number,
  apply: Apply,
): Promise<number[][]> {
  await useBackend(backend);
  return tf.tidy(() => {
    const size = tf.util.sizeFromShape(shape);
    const at = Array.from({ length: size }, (_, i) => i);
    const x = tf.tensor(
      at.map((i) => Math.sin(i * i) + (5 * i) / size),
      shape,
    );
    const dy = tf.tensor(
      at.map((i) => Math.cos(3 * i * i) + i / size),
      shape,
    );
    const gamma = tf.linspace(0.5, 2, channels);
    const beta = tf.linspace(-1, 1, channels);
    const { value, grads } = tf.valueAndGrads(apply)([x, gamma, beta], dy);
    return [value, ...grads].map((tensor) => Array.from(tensor.dataSync()));
  });
}

it.each([
  ['features', [1003, 131], 131, features],
  ['features beyond the cache', [4103, 517], 517, features],
  ['features in wide rows', [211, 1501], 1501, features],
  ['one feature', [100_003, 1], 1, features],
  ['channels last', [5, 61, 59, 6], 6, channelsLast],
  ['rows', [203, 1001], 1001, rows],
] as const)('%s', async (_name, shape, channels, apply) => {
  shareEverything();
  const expected = await results('cpu', [...shape], channels, apply);
  for (const n of [1, 2]) {
    await useThreads(n);
    const got = await results('wasm', [...shape], channels, apply);
    for (const [i, values] of got.entries()) {
      const scale = Math.max(...expected[i]!.slice(0, 10_000).map(Math.abs));
      const errors = values.map((value, j) => Math.abs(value - expected[i]![j]!) / scale);
      expect(
        errors.reduce((a, b) => Math.max(a, b)),
        `output ${i}, ${n} threads`,
      ).toBeLessThan(3e-6);
    }
  }
});
