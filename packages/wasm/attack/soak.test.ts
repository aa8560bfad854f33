/** 5,000 steps of training: heap, blocks, tensors and handles are as many at the end as they were after the first hundred. */
import '@tensorflow/tfjs';
import { BatchNorm, LayerNorm, useBackend } from '@bn/core';
import { heap, watchAllocations } from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { useThreads } from '../src/index.js';

afterAll(() => useThreads(1));

test.each([1, 2])('5,000 steps on %d threads', async (threads) => {
  await useBackend('wasm');
  await useThreads(threads);
  const watch = watchAllocations();
  const norm = new BatchNorm({ numFeatures: 24 });
  const rows = new LayerNorm({ normalizedShape: 8 });
  const weights = [
    tf.variable(tf.randomNormal([12, 24], 0, 0.3, 'float32', 1)),
    tf.variable(tf.randomNormal([24, 8], 0, 0.3, 'float32', 2)),
  ];
  const x = tf.randomNormal([16, 12], 0, 1, 'float32', 3);
  const optimizer = tf.train.adam(0.001);
  const step = () => {
    const cost = optimizer.minimize(
      () => {
        const hidden = norm.apply(tf.matMul(x, weights[0]!), { training: true }).relu();
        return rows.apply(tf.matMul(hidden, weights[1]!)).square().sub(1).abs().mean() as tf.Scalar;
      },
      true,
      [...weights, ...norm.trainableWeights, ...rows.trainableWeights],
    )!;
    const [value] = cost.dataSync();
    cost.dispose();
    return value!;
  };
  const standing = () => ({
    heap: heap().HEAPU8.length,
    blocks: watch.live.size,
    tensors: tf.memory().numTensors,
    handles: process.getActiveResourcesInfo().length,
  });
  for (let warm = 0; warm < 100; warm++) step();
  const before = standing();
  let last = Number.NaN;
  for (let soaking = 100; soaking < 5000; soaking++) {
    last = step();
    // Timers and messages of the test's own process have their turn.
    if (soaking % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const after = standing();
  watch.stop();
  expect(last).toBeGreaterThanOrEqual(0);
  expect(after).toEqual({ ...before, handles: expect.any(Number) });
  expect(after.handles).toBeLessThanOrEqual(before.handles + 1);
  norm.dispose();
  rows.dispose();
  optimizer.dispose();
  tf.dispose([x, ...weights]);
});
