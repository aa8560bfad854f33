/** Long training leaves the device as it was, and tensors follow when the backend is swapped. */
import '@bn/cpu-ref';
import '@bn/wasm';
import { BatchNorm, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { allocated, countGpu } from './support/gpu.js';
import './support/start.js';

function trainer() {
  const layer = new BatchNorm({ numFeatures: 8 });
  const x = tf.randomNormal([4, 8, 6, 6], 3, 2, 'float32', 1);
  const optimizer = tf.train.sgd(0.05);
  const step = (): void => {
    optimizer.minimize(() => tf.mean(tf.square(tf.sub(layer.apply(x, { training: true }), tf.sigmoid(x)))));
  };
  const dispose = () => {
    layer.dispose();
    x.dispose();
    optimizer.dispose();
  };
  return { layer, step, dispose };
}

it('300 steps take no more buffers, data or programs than 20', async () => {
  const { layer, step, dispose } = trainer();
  for (let i = 0; i < 20; i++) step();
  await layer.gamma!.data();
  const before = allocated();
  const { programs } = countGpu(() => {
    for (let i = 0; i < 280; i++) step();
  });
  await layer.gamma!.data();
  expect(programs).toBe(0);
  expect(allocated()).toEqual(before);
  dispose();
});

it('training that goes round all backends of Node ends where it would have ended', async () => {
  const run = async (backends: string[]) => {
    await useBackend(backends[0]!);
    const { layer, step, dispose } = trainer();
    for (const backend of backends) {
      await useBackend(backend);
      step();
    }
    const result = await Promise.all([layer.gamma!.data(), layer.runningVariance!.data()]);
    dispose();
    return result.map((values) => [...values]);
  };
  const there = await run(['wasm', 'webgpu', 'cpu', 'webgpu', 'wasm', 'webgpu']);
  const stayed = await run(Array.from({ length: 6 }, () => 'webgpu'));
  for (const [i, values] of stayed.entries()) {
    for (const [k, value] of values.entries()) expect(there[i]![k]!).toBeCloseTo(value, 4);
  }
  await useBackend('webgpu');
});
