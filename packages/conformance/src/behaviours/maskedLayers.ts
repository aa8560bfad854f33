/** BatchNorm layers that are trained on masked batches: their y, and how their running statistics move. */
import { BatchNorm, type BatchNormOptions } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { allowanceFor } from '../allowance.js';
import type { Behaviour } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, expectSame } from '../compare.js';
import { drawInputs } from '../golden/inputs.js';
import { drawMask, weightsOf } from '../masks.js';
import type { Inputs, Operation } from '../operation.js';
import { referenceForward } from '../reference.js';
import { forward, take } from '../run.js';

const operation: Operation = { op: 'batchNorm', shape: [5, 3, 3, 7], affine: false };
const channels = 3;

/** Batches whose masks leave different numbers of samples or positions. */
const batches: readonly Inputs[] = [1, 2, 3].map((axes) => ({
  ...drawInputs(operation, 60 + axes, { offset: 3 * axes, scale: 2 }),
  mask: drawMask(operation, { axes, dtype: axes === 2 ? 'bool' : 'float32' }, 70 + axes),
}));

async function runningStatistics(layer: BatchNorm): Promise<{ mean: Float32Array; variance: Float32Array }> {
  return take({ mean: tf.clone(layer.runningMean!), variance: tf.clone(layer.runningVariance!) });
}

/** Trains a layer on a batch; gives y. */
async function train(layer: BatchNorm, inputs: Inputs): Promise<Float32Array> {
  const { x, mask, ...unused } = toTensors(operation, inputs);
  const y = layer.apply(x, { training: true, mask });
  tf.dispose([x, mask, unused]);
  return (await take({ y })).y;
}

/** In float64: running = keep * running + (1 - keep) * batch, the variance times sum(w) / (sum(w) - 1) where unbiased. */
function expectedStatistics({ momentum = 0.9, varianceEstimate = 'unbiased' }: Partial<BatchNormOptions>) {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels).fill(1);
  for (const [i, inputs] of batches.entries()) {
    const batch = referenceForward(operation, inputs);
    const weight = weightsOf(operation, inputs.mask).reduce((a, b) => a + b, 0) / channels;
    const keep = momentum ?? i / (i + 1);
    const correction = varianceEstimate === 'unbiased' ? weight / (weight - 1) : 1;
    for (let c = 0; c < channels; c++) {
      mean[c] = keep * mean[c]! + (1 - keep) * batch.mean[c]!;
      variance[c] = keep * variance[c]! + (1 - keep) * correction * batch.variance[c]!;
    }
  }
  return { mean, variance };
}

/** After some batches, with either estimate of the variance, by momentum and as a cumulative average. */
export const runningStatisticsAgree: Behaviour = async ({ tolerance }) => {
  const allowed = batches.map((inputs) => allowanceFor(operation, inputs, tolerance));
  for (const momentum of [0.9, null]) {
    for (const varianceEstimate of ['biased', 'unbiased'] as const) {
      const layer = new BatchNorm({ numFeatures: channels, momentum, varianceEstimate });
      for (const inputs of batches) await train(layer, inputs);
      const wanted = expectedStatistics({ momentum, varianceEstimate });
      const { mean, variance } = await runningStatistics(layer);
      expectClose(mean, wanted.mean, Math.max(...allowed.map(({ mean }) => mean)), 'running mean');
      const varianceAllowed = Math.max(...allowed.map(({ variance }) => variance));
      expectClose(variance, wanted.variance, varianceAllowed, `${varianceEstimate} running variance`);
      layer.dispose();
    }
  }
};

/** The layer is the function. */
export const layerComputesTheFunction: Behaviour = async () => {
  const layer = new BatchNorm({ numFeatures: channels, affine: false });
  for (const inputs of batches) expectSame(await train(layer, inputs), await forward(operation, inputs), 'y');
  layer.dispose();
};

/** A batch of which nothing counts says nothing about the data. */
export const zerosMoveNothing: Behaviour = async () => {
  const layer = new BatchNorm({ numFeatures: channels });
  await train(layer, batches[0]!);
  const before = await runningStatistics(layer);
  for (const { mask, ...inputs } of batches) {
    await train(layer, { ...inputs, mask: { ...mask!, values: mask!.values.map(() => 0) } });
  }
  const after = await runningStatistics(layer);
  expectSame(after.mean, before.mean, 'running mean');
  expectSame(after.variance, before.variance, 'running variance');
  layer.dispose();
};

/** Ten training steps hold as much memory as one. */
export const trainingHoldsStill: Behaviour = () => {
  const layer = new BatchNorm({ numFeatures: channels });
  const optimizer = tf.train.adam(0.01);
  const { x, mask, ...unused } = toTensors(operation, batches[2]!);
  const step = () =>
    optimizer.minimize(() => tf.mean(tf.square(layer.apply(x, { training: true, mask }))) as tf.Scalar);
  step();
  const [tensors, buffers] = [tf.memory().numTensors, tf.backend().numDataIds()];
  for (let i = 0; i < 10; i++) step();
  expect(tf.memory().numTensors).toBe(tensors);
  expect(tf.backend().numDataIds()).toBe(buffers);
  layer.dispose();
  optimizer.dispose();
  tf.dispose([x, mask, unused]);
};
