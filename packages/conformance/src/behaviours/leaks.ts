/** Nothing is left behind: an operation leaves its outputs, and data is freed with its last tensor. */
import { BatchNorm, batchNorm, GroupNorm, LayerNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Behaviour } from '../behaviour.js';
import { apply, toTensors } from '../calls.js';
import { drawInputs } from '../golden/inputs.js';
import type { Operation } from '../operation.js';
import { gradientTensors } from '../run.js';
import { samples } from './extremes.js';

const tensors = () => tf.memory().numTensors;
/** How many buffers the backend holds. */
const buffers = () => tf.backend().numDataIds();

/** Runs f for each sample operation and checks how many tensors it leaves, and that disposing them frees all data. */
const leavesExactly =
  (
    run: (operation: Operation, given: ReturnType<typeof toTensors>, dy: tf.Tensor) => tf.Tensor[],
  ): Behaviour =>
  () => {
    for (const operation of samples) {
      const inputs = drawInputs(operation, 21);
      const given = toTensors(operation, inputs);
      const dy = tf.tensor(inputs.dy, [...operation.shape]);
      // Constants that tfjs keeps for itself are made in the first run.
      tf.dispose(run(operation, given, dy));
      const [tensorsBefore, buffersBefore] = [tensors(), buffers()];
      const results = run(operation, given, dy);
      expect(tensors() - tensorsBefore, `${operation.op}: new tensors`).toBe(results.length);
      tf.dispose(results);
      expect(tensors(), `${operation.op}: tensors after disposing the results`).toBe(tensorsBefore);
      expect(buffers(), `${operation.op}: buffers after disposing the results`).toBe(buffersBefore);
      tf.dispose([dy, ...Object.values(given)]);
    }
  };

export const operationsLeaveTheirOutputs = leavesExactly((operation, given) => [apply(operation, given)]);

export const gradientsLeaveThemselves = leavesExactly((operation, given, dy) =>
  Object.values(gradientTensors(operation, given, dy)),
);

export const secondGradientsLeaveThemselves = leavesExactly((operation, { x, ...rest }, dy) => {
  const first = (x: tf.Tensor) => tf.grad((x: tf.Tensor) => apply(operation, { x, ...rest }))(x, dy);
  return [tf.grad(first)(x)];
});

export const batchNormLeavesThree: Behaviour = () => {
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const before = tensors();
  const results = batchNorm(x);
  expect(tensors() - before).toBe(3);
  tf.dispose([x, results.y, results.mean, results.variance]);
};

/** Ten training steps, with running statistics and an optimizer, hold as much memory as one. */
export const trainingHoldsStill: Behaviour = () => {
  const layers = [
    new BatchNorm({ numFeatures: 4 }),
    new GroupNorm({ numGroups: 2, numChannels: 4 }),
  ] as const;
  const optimizer = tf.train.adam(0.01);
  const x = tf.randomNormal([6, 4, 3, 3], 0, 1, 'float32', 3);
  const step = () =>
    optimizer.minimize(() => {
      const y = layers[1].apply(layers[0].apply(x, { training: true }));
      return tf.mean(tf.square(tf.sub(y, x))) as tf.Scalar;
    });
  step();
  const [tensorsAfterOne, buffersAfterOne] = [tensors(), buffers()];
  for (let i = 0; i < 10; i++) step();
  expect(tensors()).toBe(tensorsAfterOne);
  expect(buffers()).toBe(buffersAfterOne);
  for (const layer of layers) layer.dispose();
  optimizer.dispose();
  x.dispose();
};

/** `dispose` frees every weight, and doing it twice is as doing it once. */
export const disposeFreesWeights: Behaviour = () => {
  const [tensorsBefore, buffersBefore] = [tensors(), buffers()];
  const layers = [
    new BatchNorm({ numFeatures: 5 }),
    new GroupNorm({ numGroups: 1, numChannels: 4 }),
    new LayerNorm({ normalizedShape: [2, 3] }),
  ];
  expect(tensors() - tensorsBefore).toBe(4 + 2 + 2);
  for (const layer of layers) {
    layer.dispose();
    layer.dispose();
  }
  expect(tensors()).toBe(tensorsBefore);
  expect(buffers()).toBe(buffersBefore);
};
