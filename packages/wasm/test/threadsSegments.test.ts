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

/** Values of x and dy. The mean of x drifts from row to row, so that no two segments have the same statistics. */
function valuesOf(size: number): { x: Float32Array; dy: Float32Array } {
  const x = new Float32Array(size);
  const dy = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    x[i] = Math.sin(i * i) + (5 * i) / size;
    dy[i] = Math.cos(3 * i * i) + i / size;
  }
  return { x, dy };
}

/** y, dx, dGamma and dBeta. */
async function results(
  backend: string,
  shape: number[],
  channels: number,
  apply: Apply,
  values: ReturnType<typeof valuesOf>,
): Promise<Float32Array[]> {
  await useBackend(backend);
  const outputs = tf.tidy(() => {
    const x = tf.tensor(values.x, shape);
    const dy = tf.tensor(values.dy, shape);
    const gamma = tf.linspace(0.5, 2, channels);
    const beta = tf.linspace(-1, 1, channels);
    const { value, grads } = tf.valueAndGrads(apply)([x, gamma, beta], dy);
    return [value, ...grads];
  });
  // Outside of tidy, which looks for tensors in every element of what a function returns.
  const numbers = outputs.map((tensor) => tensor.dataSync<'float32'>().slice());
  tf.dispose(outputs);
  return numbers;
}

/** The largest difference, in units of the largest of the first expected values; NaN if there is one. */
function worstError(got: Float32Array, expected: Float32Array): number {
  const scale = Math.max(...expected.subarray(0, 10_000).map(Math.abs));
  let worst = 0;
  for (const [i, value] of got.entries()) {
    const error = Math.abs(value - expected[i]!) / scale;
    // Written so that a NaN is the worst of all.
    if (!(error <= worst)) worst = error;
  }
  return worst;
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
  const values = valuesOf(tf.util.sizeFromShape([...shape]));
  const expected = await results('cpu', [...shape], channels, apply, values);
  for (const n of [1, 2]) {
    await useThreads(n);
    const got = await results('wasm', [...shape], channels, apply, values);
    for (const [i, output] of got.entries()) {
      expect(worstError(output, expected[i]!), `output ${i}, ${n} threads`).toBeLessThan(3e-6);
    }
  }
});
