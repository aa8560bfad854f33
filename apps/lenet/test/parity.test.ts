/** The trainer beside PyTorch: golden/lenet-parity.* were written by scripts/make_parity.py. */

import { readFileSync } from 'node:fs';
import type { NodeBackendName } from '@bn/backends';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { BatchGatherer, inOrder } from '../src/dataset/images.js';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { decodeCheckpoint } from '../src/model/checkpoint.js';
import { startBackend } from '../src/run/backend.js';
import { evaluate } from '../src/training/evaluate.js';
import { takeStep } from '../src/training/step.js';
import { fewImages, fewSteps } from './learning.js';
import { avoidBarriers } from './softwareRenderer.js';

interface Golden {
  runs: { batchSize: number; learningRate: number; losses: number[]; testLoss: number }[];
}

const goldenFile = (name: string) => readFileSync(new URL(`../golden/${name}`, import.meta.url));
const golden: Golden = JSON.parse(goldenFile('lenet-parity.json').toString());

/** Repeats a golden run: from PyTorch's initial weights, on consecutive slices of the committed subset. */
async function repeat(backend: NodeBackendName, batchSize: number, steps = 20) {
  await startBackend(backend);
  if (backend === 'webgpu') avoidBarriers();
  const wanted = golden.runs.find((run) => run.batchSize === batchSize)!;
  const dataset = await loadDataset('mini', { places: defaultPlaces() });
  const model = decodeCheckpoint(goldenFile('lenet-parity.safetensors'));
  const optimizer = tf.train.sgd(wanted.learningRate);
  const gatherer = new BatchGatherer(dataset.train, batchSize);
  const order = inOrder(dataset.train);
  const errors = [];
  for (const [step, loss] of wanted.losses.slice(0, steps).entries()) {
    const batch = gatherer.gather(order, step * batchSize);
    const result = await takeStep(model, optimizer, batch);
    errors.push(Math.abs(result.loss - loss));
    tf.dispose([batch.images, batch.labels]);
  }
  return { errors, model, test: dataset.test, testLoss: wanted.testLoss };
}

describe('from the same weights and batches', () => {
  test('wasm has the losses of PyTorch in the first 20 steps, and its test loss after them', async () => {
    const { errors, model, test: images, testLoss } = await repeat('wasm', 256);
    expect(errors).toHaveLength(20);
    expect(Math.max(...errors)).toBeLessThan(1e-3);
    expect(Math.abs((await evaluate(model, images, 256)).loss - testLoss)).toBeLessThan(1e-3);
  });

  test('cpu has the losses of PyTorch in the first steps, of 16 images because it is slow', {
    timeout: 300_000,
  }, async () => {
    const { errors } = await repeat('cpu', fewImages.batchSize, fewSteps);
    expect(errors).toHaveLength(fewSteps);
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });

  test('webgpu in Node has the losses of PyTorch in the first steps, of 16 images', {
    timeout: 600_000,
  }, async () => {
    const { errors } = await repeat('webgpu', fewImages.batchSize, fewSteps);
    expect(errors).toHaveLength(fewSteps);
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  });
});
