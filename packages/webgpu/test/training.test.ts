/** Long training leaves the device as it was, and tensors follow when the backend is swapped. */
import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
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
  const dy = tf.randomNormal(x.shape, 0, 0.1, 'float32', 2);
  // The fewest operations that train: a step of a longer loss takes twice the time here.
  const step = (): void => {
    optimizer.minimize(() => tf.sum(tf.mul(layer.apply(x, { training: true }), dy)));
  };
  const dispose = () => {
    layer.dispose();
    tf.dispose([x, dy]);
    optimizer.dispose();
  };
  return { layer, step, dispose };
}

/** Bytes that JavaScript holds after all that nobody needs is given back. */
async function memory(): Promise<number> {
  // Dawn lets go of an object some time after JavaScript has.
  for (let i = 0; i < 4; i++) {
    collectGarbage();
    await sleep(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** V8's collector, which a process has only if it asks for it. */
const collectGarbage = (() => {
  v8.setFlagsFromString('--expose-gc');
  return vm.runInNewContext('gc') as () => void;
})();

it('5,000 steps take no more buffers, data, programs or memory than 1,000', async () => {
  const { layer, step, dispose } = trainer();
  const train = async (steps: number) => {
    const { programs } = countGpu(() => {
      for (let i = 0; i < steps; i++) step();
    });
    await layer.gamma!.data();
    return programs;
  };
  await train(1000);
  const [before, memoryBefore] = [allocated(), await memory()];
  let programs = 0;
  // The device does the work while JavaScript waits, and not all at the end.
  for (let part = 0; part < 40; part++) programs += await train(100);
  expect(programs).toBe(0);
  expect(allocated()).toEqual(before);
  // Half a kilobyte a step: less than one tensor or bind group that is kept.
  expect((await memory()) - memoryBefore).toBeLessThan(2 ** 21);
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
