/** Registers the kernels, in Node with the WebGPU of the package `webgpu`. Fails the test that the device reports an error in. */
import '@tensorflow/tfjs';
import { environment } from '@bn/tooling/environment';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect } from 'vitest';

export const { webgpuBackend } = await (environment === 'Node'
  ? import('../../src/node.js')
  : import('../../src/index.js'));

/** What the device has reported: a shader that does not compile, a bind group that does not fit. */
const errors: string[] = [];

/** Makes webgpu the current backend, and listens to what its device reports. */
export async function startWebGpu(): Promise<void> {
  await tf.setBackend('webgpu');
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
}

beforeAll(startWebGpu);

afterEach(() => {
  expect(errors.splice(0)).toEqual([]);
});
