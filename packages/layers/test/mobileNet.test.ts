/** An existing tf.layers model on wasm, unchanged, with `@bn/wasm/accelerate` and without: the same numbers. */
import '@bn/wasm';
import '@bn/wasm-train';
import { useBackend } from '@bn/core';
import { registerFusedBatchNorm, unregisterFusedBatchNorm } from '@bn/core/accelerate';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { mobileNet } from '../scripts/mobilenet.mjs';
import { BatchNormalization } from '../src/index.js';
import { expectClose, largestDifference } from './support/compare.js';
import { predict, valuesOf } from './support/models.js';

const BATCH = 8;
const x = () => tf.randomNormal([BATCH, 64, 64, 3], 0, 1, 'float32', 1);
const y = () => tf.oneHot(tf.range(0, BATCH, 1, 'int32'), 10);

/** A model with moving statistics that are not those of the start, before each side does its part. */
async function warmedUp(normalization?: () => tf.layers.Layer): Promise<tf.LayersModel> {
  const model = mobileNet(tf, normalization && { normalization });
  await model.trainOnBatch(x(), y());
  return model;
}

/** The prediction, then the loss of one step of training, and the weights that it leaves. */
async function predictionAndStep(model: tf.LayersModel): Promise<number[][]> {
  const weights = model.getWeights().map((weight) => tf.clone(weight));
  const prediction = predict(model, x());
  const loss = (await model.trainOnBatch(x(), y())) as number;
  const results = [Array.from(prediction), [loss], ...valuesOf(model)];
  model.setWeights(weights);
  return results;
}

/** How often kernels of these names ran. */
async function countKernels(run: () => void): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const { kernels } = await tf.profile(run);
  for (const { name } of kernels) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

beforeAll(() => useBackend('wasm'));
afterEach(() => unregisterFusedBatchNorm('wasm'));

it('predicts and trains the same with @bn/wasm/accelerate as without', async () => {
  const model = await warmedUp();
  const without = await predictionAndStep(model);
  registerFusedBatchNorm('wasm');
  const accelerated = await predictionAndStep(model);
  accelerated.forEach((values, i) => {
    expectClose(values, without[i]!, 1e-4);
  });
  // What is compared is worth it: the step has moved weights by a hundred times the tolerance.
  const moves = valuesOf(model).map((values, i) => largestDifference(without[i + 2]!, values));
  expect(Math.max(...moves)).toBeGreaterThan(1e-2);
});

it('takes the gradient of batch norm from our kernels', async () => {
  const model = await warmedUp();
  const step = () =>
    void tf.tidy(() => {
      const loss = () => tf.sum(model.apply(x(), { training: true }) as tf.Tensor) as tf.Scalar;
      tf.variableGrads(loss);
    });
  const batchNorms = model.layers.filter((layer) => layer.getClassName() === 'BatchNormalization').length;
  expect(await countKernels(step)).not.toHaveProperty('NormalizationInputGradientWithGamma');
  registerFusedBatchNorm('wasm');
  expect(await countKernels(step)).toMatchObject({
    FusedBatchNorm: batchNorms,
    NormalizationInputGradientWithGamma: batchNorms,
  });
});

it('trains the same with BatchNormalization of this package', async () => {
  const without = await predictionAndStep(await warmedUp());
  const ours = await predictionAndStep(await warmedUp(() => new BatchNormalization()));
  ours.forEach((values, i) => {
    expectClose(values, without[i]!, 1e-4);
  });
});
