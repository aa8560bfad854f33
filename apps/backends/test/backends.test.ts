import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { backendNames, missingFor, nodeBackendNames, startBackend } from '../src/index.js';

// Before webgpu is started, which brings WebGPU to Node.
test('what a place lacks is said for each backend', () => {
  const missing = Object.fromEntries(backendNames.map((name) => [name, missingFor(name)]));
  expect(missing).toEqual({ wasm: undefined, webgl: 'WebGL 2', webgpu: 'WebGPU', cpu: undefined });
});

test.each(nodeBackendNames)('%s starts in Node, with kernels that normalize and train', async (name) => {
  await startBackend(name);
  expect(tf.getBackend()).toBe(name);
  const { layerNorm } = await import('@bn/core');
  const [dx] = tf.grads((x) => tf.sum(layerNorm(x, { normalizedShape: 4 })))([tf.tensor2d([[1, 2, 3, 4]])]);
  for (const value of await dx!.data()) expect(Math.abs(value)).toBeLessThan(1e-5);
});
