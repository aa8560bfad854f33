/** What a step asks of tfjs: for small tensors, that is what takes the time. */
import { batchNorm, layerNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import '../src/index.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

afterEach(() => vi.restoreAllMocks());

const channels = 6;
const operations: [string, (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor][] = [
  ['batch norm', (x, gamma, beta) => batchNorm(x, { gamma, beta }).y],
  ['layer norm', (x, gamma, beta) => layerNorm(x, { gamma, beta, normalizedShape: channels })],
];

test.each(operations)('forward and backward of %s are two kernels to the engine', (_, operation) => {
  const kernels = vi.spyOn(tf.engine(), 'runKernel');
  step(operation);
  expect(kernels.mock.calls.map(([name]) => name)).toEqual([
    'NormalizationForwardWithGamma',
    'NormalizationBackwardWithGamma',
  ]);
});

function step(operation: (typeof operations)[number][1]): void {
  const [x, gamma, beta, dy] = tensors();
  tf.dispose(tf.grads(operation)([x, gamma, beta], dy));
  tf.dispose([x, gamma, beta, dy]);
}

/** x, gamma, beta and dy. */
function tensors(): [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] {
  const shape = [4, channels];
  return [tf.randomNormal(shape), tf.ones([channels]), tf.zeros([channels]), tf.randomNormal(shape)];
}
