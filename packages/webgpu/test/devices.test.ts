/** What the device lacks, or takes away, is an error that says so; nothing leaks by it. */
import { batchNorm, type NormalizationError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, onTestFinished } from 'vitest';
import { BufferSizeError, UnsupportedDeviceError } from '../src/errors.js';
import './support/start.js';

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

function refusal(shape: [number, number] = [6, 4]): NormalizationError | undefined {
  const x = tf.ones(shape);
  const tensors = tf.memory().numTensors;
  let error: NormalizationError | undefined;
  try {
    tf.dispose(Object.values(batchNorm(x)));
  } catch (thrown) {
    error = thrown as NormalizationError;
  }
  expect(tf.memory().numTensors).toBe(tensors);
  x.dispose();
  return error;
}

it('refuses a tensor beyond the largest buffer that a shader can read', () => {
  const limited = device();
  const own = Object.getOwnPropertyDescriptor(limited, 'limits');
  Object.defineProperty(limited, 'limits', {
    value: { maxStorageBufferBindingSize: 64, maxBufferSize: 256, maxComputeWorkgroupsPerDimension: 65535 },
    configurable: true,
  });
  onTestFinished(() => {
    if (own) Object.defineProperty(limited, 'limits', own);
    else Reflect.deleteProperty(limited, 'limits');
  });
  const error = refusal();
  expect(error).toBeInstanceOf(BufferSizeError);
  expect(error).toMatchObject({
    code: 'BN_WEBGPU_BUFFER_SIZE',
    message: /\[6, 4\].*96 bytes.*allows 64.*maxStorageBufferBindingSize/,
  });
});

it('says how to read and swap, instead of losing data, if they cannot be read without waiting', async () => {
  const x = tf.tidy(() => tf.relu(tf.ones([6, 4])));
  expect(() => x.dataSync()).toThrow(UnsupportedDeviceError);
  expect(() => x.dataSync()).toThrow(/await tensor\.data\(\).*useBackend/);
  expect([...(await x.data())]).toEqual(Array.from({ length: 24 }, () => 1));
  x.dispose();
});

it('takes integers that tfjs has cast without changing their data', async () => {
  const integers = tf.tidy(() => tf.relu(tf.tensor2d([1, 2, 3, 6], [2, 2], 'int32')));
  const x = integers.cast('float32');
  const { y, mean, variance } = batchNorm(x as tf.Tensor);
  expect([...(await mean.data())]).toEqual([2, 4]);
  tf.dispose([integers, x, y, mean, variance]);
});

it('shows its dispatches to tf.time', async () => {
  const x = tf.tidy(() => tf.relu(tf.ones([8, 4])));
  const { kernelMs } = await tf.time(() => tf.dispose(Object.values(batchNorm(x))));
  expect(kernelMs).toBeGreaterThanOrEqual(0);
  x.dispose();
});
