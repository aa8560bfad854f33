import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { backendNames, missingFor, nodeBackendNames, softwareRenderer, startBackend } from '../src/index.js';

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

test('a renderer in software is told from a graphics processor by its name', () => {
  const swiftShader =
    'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)';
  expect(softwareRenderer(swiftShader)).toBe('SwiftShader');
  expect(softwareRenderer('google, swiftshader')).toBe('SwiftShader');
  expect(softwareRenderer('ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11)')).toBe(
    'Microsoft Basic Render',
  );
  expect(softwareRenderer('ANGLE (NVIDIA Corporation, NVIDIA GeForce RTX 3060, OpenGL 4.5)')).toBeUndefined();
});
