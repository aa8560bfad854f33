import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { batchNorm, registerBackend, useBackend } from '../src/index.js';
import { addTfjsBackend, genericBackend } from './support/genericBackend.js';
import { expectClose, sample } from './support/tensors.js';

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  registerBackend(genericBackend);
  await tf.setBackend('cpu');
});

describe('useBackend', () => {
  test('makes the named backend the current one', async () => {
    addTfjsBackend('second');
    registerBackend({ ...genericBackend, name: 'second' });
    await useBackend('second');
    expect(tf.getBackend()).toBe('second');
  });

  test('lets an op go on with data of the backend before it', async () => {
    addTfjsBackend('third');
    registerBackend({ ...genericBackend, name: 'third' });
    const x = sample([5, 3]);
    const expected = batchNorm(x).y.dataSync();
    await useBackend('third');
    expectClose(batchNorm(x).y, expected);
  });

  test('refuses kernels for a backend that tfjs does not have, and names its package', async () => {
    registerBackend({ ...genericBackend, name: 'wasm' });
    await expect(useBackend('wasm')).rejects.toMatchObject({
      code: 'BN_BACKEND',
      message:
        "TensorFlow.js has no backend 'wasm': import '@tensorflow/tfjs-backend-wasm' before useBackend('wasm')",
    });
  });

  test('refuses a name that tfjs does not have, whoever may have a backend of that name', async () => {
    await expect(useBackend('abacus')).rejects.toMatchObject({
      code: 'BN_BACKEND',
      message:
        "TensorFlow.js has no backend 'abacus': register it with tf.registerBackend before useBackend('abacus')",
    });
  });

  test('refuses to compose kernels for webgpu in Node, whose tensors could not leave it', async () => {
    addTfjsBackend('webgpu');
    await expect(useBackend('webgpu')).rejects.toMatchObject({
      code: 'BN_BACKEND',
      message: expect.stringContaining("import '@bn/webgpu'"),
    });
    expect(tf.getBackend()).toBe('cpu');
    await tf.setBackend('webgpu');
    expect(() => batchNorm(sample([5, 3]))).toThrow("import '@bn/webgpu'");
    await tf.setBackend('cpu');
    tf.removeBackend('webgpu');
  });

  test('refuses a backend that cannot start', async () => {
    addBrokenBackend();
    await expect(useBackend('broken')).rejects.toMatchObject({
      code: 'BN_BACKEND',
      message: "TensorFlow.js could not start its backend 'broken'; its warning above says why",
    });
  });

  test.each(['webgpu', 'abacus', 'broken'])('keeps the current backend where it refuses %s', async (name) => {
    addBrokenBackend();
    await useBackend(name).catch(() => {});
    expect(tf.getBackend()).toBe('cpu');
  });

  test('leaves a current backend that works where one cannot start', async () => {
    addBrokenBackend();
    await useBackend('broken').catch(() => {});
    expect(batchNorm(sample([5, 3])).y.shape).toEqual([5, 3]);
  });
});

describe('a layer when no backend is current', () => {
  test("runs on the best that is left, as tfjs's own operations do", async () => {
    addTfjsBackend('removed');
    registerBackend({ ...genericBackend, name: 'removed' });
    await useBackend('removed');
    tf.removeBackend('removed');
    expect(batchNorm(sample([5, 3])).y.shape).toEqual([5, 3]);
    expect(tf.getBackend()).toBe('cpu');
  });

  test('says so where none can be started at once', async () => {
    const factories = tf.engine().registryFactory;
    const x = sample([5, 3]);
    addTfjsBackend('gone');
    await tf.setBackend('gone');
    tf.engine().registryFactory = {};
    Object.assign(tf.engine(), { backendName: null, backendInstance: null });
    try {
      expect(() => batchNorm(x)).toThrow(
        /No tfjs backend is current.*await useBackend\(name\) first \(registered: cpu/,
      );
    } finally {
      tf.engine().registryFactory = factories;
    }
  });
});

/** One whose start fails, as webgl's does if there is no GPU. */
function addBrokenBackend(): void {
  tf.registerBackend('broken', async () => {
    throw new Error('no device');
  });
  registerBackend({ ...genericBackend, name: 'broken' });
}
