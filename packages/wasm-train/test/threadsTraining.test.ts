/** A model that trains while the number of threads changes ends where it ends on one thread. */
import '@tensorflow/tfjs';
import { useThreads } from '@bn/wasm-heap';
import { shareAsUsual, shareEverything, takenByWorkers } from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import '../src/index.js';

beforeAll(async () => {
  shareEverything();
  await tf.setBackend('wasm');
});

afterAll(async () => {
  await useThreads(1);
  shareAsUsual();
});

function weightsOf<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Variable<R> {
  return tf.tidy(() => tf.variable(tf.randomNormal<R>(shape, 0, 0.15, 'float32', seed)));
}

/** Losses of a small LeNet; `before` is awaited before each step. */
async function train(before: (step: number) => Promise<unknown>): Promise<number[]> {
  const filter = weightsOf<tf.Rank.R4>([5, 5, 1, 6], 1);
  const second = weightsOf<tf.Rank.R4>([3, 3, 6, 9], 5);
  const weights = weightsOf<tf.Rank.R2>([3 * 3 * 9, 20], 2);
  const output = weightsOf<tf.Rank.R2>([20, 3], 3);
  const x = tf.randomNormal<tf.Rank.R4>([32, 16, 16, 1], 0, 1, 'float32', 4);
  const labels = tf.tidy(() => tf.oneHot(tf.range(0, 32, 1, 'int32').mod(tf.scalar(3, 'int32')), 3));
  const optimizer = tf.train.sgd(0.5);
  const loss = () => {
    const convolved = tf.conv2d(x, filter, 1, 'valid');
    const pooled = tf.avgPool(tf.sigmoid(convolved), 2, 2, 'valid');
    const again = tf.relu(tf.conv2d(pooled, second, 1, 'same'));
    const largest = tf.maxPool(again, 2, 2, 'valid');
    const dense = tf.matMul(largest.reshape([32, -1]), weights);
    const logits = tf.matMul(tf.sigmoid(dense), output);
    return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), -1))) as tf.Scalar;
  };
  const losses: number[] = [];
  for (let step = 0; step < 6; step++) {
    await before(step);
    const value = optimizer.minimize(loss, true)!;
    losses.push(value.dataSync()[0]!);
    value.dispose();
  }
  tf.dispose([filter, second, weights, output, x, labels]);
  optimizer.dispose();
  return losses;
}

it('moves the tensors that are alive to shared memory, and trains on as before', async () => {
  const tensors = tf.memory().numTensors;
  const expected = await train(async () => {});
  expect(expected[5]).toBeLessThan(expected[0]!);
  const moved = await train((step) => useThreads([1, 2, 2, 3, 1, 2][step]!));
  expect(moved).toEqual(expected);
  // At least one piece of each of the 20 kernels or so of the last step.
  expect(takenByWorkers()).toBeGreaterThan(15);
  expect(tf.memory().numTensors).toBe(tensors);
});
