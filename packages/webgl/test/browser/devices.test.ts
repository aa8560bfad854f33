/** What the device lacks, or takes away, is an error that says so; nothing leaks by it. */
import '@tensorflow/tfjs';
import { batchNorm, type NormalizationError, useBackend } from '@bn/core';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { ContextLostError, TextureSizeError, UnsupportedDeviceError } from '../../src/index.js';
import { gpuContext } from './gpu.js';

beforeAll(() => useBackend('webgl'));

/** Sets a flag of tfjs's for one test. */
function withFlag(name: string, value: number | boolean): void {
  const before = tf.env().get(name) as number | boolean;
  tf.env().set(name, value);
  onTestFinished(() => tf.env().set(name, before));
}

function refusal(shape: [number, number] = [6, 4]): NormalizationError | undefined {
  const x = tf.ones(shape);
  const [tensors, buffers] = [tf.memory().numTensors, tf.backend().numDataIds()];
  let error: NormalizationError | undefined;
  try {
    tf.dispose(Object.values(batchNorm(x)));
  } catch (thrown) {
    error = thrown as NormalizationError;
  }
  expect(tf.memory().numTensors).toBe(tensors);
  expect(tf.backend().numDataIds()).toBe(buffers);
  x.dispose();
  return error;
}

it('refuses a device without WebGL 2', () => {
  withFlag('WEBGL_VERSION', 1);
  const error = refusal();
  expect(error).toBeInstanceOf(UnsupportedDeviceError);
  expect(error).toMatchObject({
    code: 'BN_WEBGL_UNSUPPORTED',
    message: /needs WebGL 2.*gives tfjs WebGL 1.*'wasm'/,
  });
});

it('refuses a device without float32 render targets', () => {
  withFlag('WEBGL_RENDER_FLOAT32_CAPABLE', false);
  const error = refusal();
  expect(error).toBeInstanceOf(UnsupportedDeviceError);
  expect(error).toMatchObject({ code: 'BN_WEBGL_UNSUPPORTED', message: /EXT_color_buffer_float/ });
});

it('refuses a tensor beyond the largest texture', () => {
  withFlag('WEBGL_MAX_TEXTURE_SIZE', 16);
  const error = refusal([64, 64]);
  expect(error).toBeInstanceOf(TextureSizeError);
  expect(error).toMatchObject({
    code: 'BN_WEBGL_TEXTURE_SIZE',
    message: /\[64, 64\].*32 x 32 texels.*16 x 16/,
  });
});

it('shows its draws to tf.time', async () => {
  const x = tf.tidy(() => tf.relu(tf.ones([8, 4])));
  const { kernelMs } = await tf.time(() => tf.dispose(Object.values(batchNorm(x))));
  expect(kernelMs).toBeGreaterThan(0);
  x.dispose();
});

it('says that the context is lost, and goes on after the backend is started anew', async () => {
  const x = tf.ones([6, 4]);
  gpuContext().getExtension('WEBGL_lose_context')!.loseContext();
  const error = refusal();
  expect(error).toBeInstanceOf(ContextLostError);
  expect(error).toMatchObject({ code: 'BN_WEBGL_CONTEXT_LOST', message: /removeBackend\('webgl'\)/ });
  x.dispose();

  const factory = tf.findBackendFactory('webgl');
  tf.removeBackend('webgl');
  tf.registerBackend('webgl', factory, 2);
  await useBackend('webgl');
  expect((tf.backend() as MathBackendWebGL).gpgpu.gl.isContextLost()).toBe(false);
  const { y, mean, variance } = batchNorm(tf.tensor2d([1, 3], [2, 1]));
  expect(await mean.data()).toEqual(new Float32Array([2]));
  tf.dispose([y, mean, variance]);
});
