/** Node without '@bn/webgpu/node'. */
import '@tensorflow/tfjs';
import { registeredBackends, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import '../src/index.js';

it('can be imported without WebGPU, and says what is missing when it is asked for', async () => {
  expect(registeredBackends()).toContain('webgpu');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  await expect(useBackend('webgpu')).rejects.toMatchObject({ code: 'BN_BACKEND', message: /'webgpu'/ });
  expect(warn.mock.calls.flat().join(' ')).toMatch(/no navigator\.gpu.*@bn\/webgpu\/node/s);
  warn.mockRestore();
});

it('leaves the choice of the first backend to tfjs', () => {
  expect(tf.engine().registryFactory.webgpu?.priority).toBe(0);
});
