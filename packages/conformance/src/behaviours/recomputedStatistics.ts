/** `recomputeRunningStats`: the running statistics become those of a whole data set. */
import { BatchNorm, recomputeRunningStats } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { allowanceFor } from '../allowance.js';
import type { Behaviour } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, expectSame } from '../compare.js';
import { drawInputs } from '../golden/inputs.js';
import { drawMask, weightsOf } from '../masks.js';
import { channelCount, type Inputs, type Operation } from '../operation.js';
import { referenceForward } from '../reference.js';
import { forward, take } from '../run.js';

/** An operation on one batch, or on all of them as one. */
interface Batch {
  readonly operation: Operation;
  readonly inputs: Inputs;
}

const images: Operation = { op: 'batchNorm', shape: [0, 5, 3, 7], affine: false };
const sequences: Operation = {
  op: 'batchNorm',
  shape: [0, 13, 6],
  dataFormat: 'channelsLast',
  affine: false,
};

/** Batches of 3, 1 and 6 samples, each about a different place. */
const draw = (operation: Operation, offsets: readonly number[], masked = false): Batch[] =>
  [3, 1, 6].map((samples, i) => {
    const batch = { ...operation, shape: [samples, ...operation.shape.slice(1)] };
    const inputs = drawInputs(batch, 100 + i, { offset: offsets[i]! });
    const mask = masked && drawMask(batch, { axes: 2, dtype: 'float32' }, 110 + i);
    return { operation: batch, inputs: { ...inputs, ...(mask && { mask }) } };
  });

const join = (arrays: readonly Float32Array[]): Float32Array =>
  Float32Array.from(arrays.flatMap((values) => [...values]));

function whole(batches: readonly Batch[]): Batch {
  const samples = batches.reduce((sum, { operation }) => sum + operation.shape[0]!, 0);
  const { operation, inputs } = batches[0]!;
  const all = (name: 'x' | 'dy') => join(batches.map(({ inputs }) => inputs[name]));
  const mask = inputs.mask && {
    ...inputs.mask,
    shape: [samples, ...inputs.mask.shape.slice(1)],
    values: join(batches.map(({ inputs }) => inputs.mask!.values)),
  };
  return {
    operation: { ...operation, shape: [samples, ...operation.shape.slice(1)] },
    inputs: { x: all('x'), dy: all('dy'), ...(mask && { mask }) },
  };
}

const newLayer = ({ operation }: Batch, varianceEstimate: 'biased' | 'unbiased' = 'biased') =>
  new BatchNorm({
    numFeatures: channelCount(operation),
    dataFormat: operation.dataFormat,
    affine: false,
    varianceEstimate,
  });

/** Runs `model` on the x and mask of each batch. */
async function recompute(
  layers: readonly BatchNorm[],
  batches: readonly Batch[],
  model: (x: tf.Tensor, mask: tf.Tensor | undefined) => unknown = (x, mask) =>
    layers[0]!.apply(x, { training: true, mask }),
): Promise<void> {
  await recomputeRunningStats(layers, batches, ({ operation, inputs }) => {
    const { x, mask } = toTensors(operation, inputs);
    return model(x, mask);
  });
}

const statisticsOf = ({ runningMean, runningVariance }: BatchNorm) =>
  take({ mean: tf.clone(runningMean!), variance: tf.clone(runningVariance!) });

/** Mean and variance are those of all batches as one, and the layer normalizes with them. */
async function expectRecomputed(batches: readonly Batch[], tolerance: number): Promise<void> {
  const { operation, inputs } = whole(batches);
  const truth = referenceForward(operation, inputs);
  const allowed = allowanceFor(operation, inputs, tolerance);
  const count = weightsOf(operation, inputs.mask).reduce((a, b) => a + b, 0) / channelCount(operation);
  for (const estimate of ['biased', 'unbiased'] as const) {
    const layer = newLayer(batches[0]!, estimate);
    await recompute([layer], batches);
    const { mean, variance } = await statisticsOf(layer);
    const correction = estimate === 'unbiased' ? count / (count - 1) : 1;
    expectClose(mean, truth.mean, allowed.mean, 'running mean');
    const wanted = truth.variance.map((value) => value * correction);
    expectClose(variance, wanted, allowed.variance * correction, `${estimate} running variance`);
    if (estimate === 'biased') {
      const { x, ...unused } = toTensors(operation, inputs);
      const { y } = await take({ y: layer.apply(x, { training: false }) });
      tf.dispose([x, unused]);
      expectClose(y, truth.y, allowed.y, 'y in inference');
    }
    layer.dispose();
  }
}

/** Batches of different sizes, whose means differ more than their values do. */
export const statisticsAreThoseOfAllBatches: Behaviour = async ({ tolerance }) => {
  for (const operation of [images, sequences]) {
    await expectRecomputed(draw(operation, [0, 4, -3]), tolerance);
  }
};

/** 10,000 standard deviations from 0. */
export const farFromZero: Behaviour = ({ tolerance }) =>
  expectRecomputed(draw(images, [1e4, 1e4, 1e4]), tolerance);

/** Each batch counts as much as its mask leaves of it. */
export const masksCount: Behaviour = async ({ tolerance }) => {
  for (const operation of [images, sequences]) {
    await expectRecomputed(draw(operation, [0, 4, -3], true), tolerance);
  }
};

/** A deeper layer gets the statistics of what it sees in training, when the one before uses those of the batch. */
export const deeperLayersSeeTraining: Behaviour = async ({ tolerance }) => {
  const batches = draw(images, [0, 4, -3]);
  const layers = [newLayer(batches[0]!), newLayer(batches[0]!)] as const;
  await recompute(layers, batches, (x) => {
    const hidden = tf.square(layers[0].apply(x, { training: true }));
    return layers[1].apply(hidden, { training: true });
  });
  const hidden: Batch[] = [];
  for (const { operation, inputs } of batches) {
    const y = await forward(operation, inputs);
    hidden.push({ operation, inputs: { ...inputs, x: y.map((value) => value * value) } });
  }
  for (const [i, seen] of [batches, hidden].entries()) {
    const { operation, inputs } = whole(seen);
    const truth = referenceForward(operation, inputs);
    const allowed = allowanceFor(operation, inputs, tolerance);
    const { mean, variance } = await statisticsOf(layers[i]!);
    expectClose(mean, truth.mean, allowed.mean, `running mean of layer ${i}`);
    expectClose(variance, truth.variance, allowed.variance, `running variance of layer ${i}`);
    layers[i]!.dispose();
  }
};

/** Once through, or stopped by an error midway, it frees all that it held, and an error leaves the statistics alone. */
export const leavesNothing: Behaviour = async () => {
  const batches = draw(images, [0, 4, -3], true);
  const layer = newLayer(batches[0]!);
  const count = () => [tf.memory().numTensors, tf.backend().numDataIds()];
  // Constants that tfjs keeps for itself are made in the first run.
  await recompute([layer], batches);
  const before = count();
  await recompute([layer], batches);
  expect(count(), 'tensors and buffers').toEqual(before);

  const statistics = await statisticsOf(layer);
  const broken = recompute([layer], batches, (x, mask) => {
    layer.apply(x, { training: true, mask });
    if (x.shape[0] === 1) throw new Error('the second batch');
  });
  await expect(broken).rejects.toThrow('the second batch');
  expect(count(), 'tensors and buffers after an error').toEqual(before);
  const after = await statisticsOf(layer);
  expectSame(after.mean, statistics.mean, 'running mean after an error');
  expectSame(after.variance, statistics.variance, 'running variance after an error');
  layer.dispose();
};
