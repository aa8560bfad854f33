/** LeNet on the GPU: as PyTorch trains it, as far as wasm gets, and over a change of backends half-way. */
import { standardSettings } from '../../src/training/settings.js';
import '@bn/wasm';
import '@bn/wasm-train';
import '@bn/webgl';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { BatchGatherer, type Dataset, inOrder } from '../../src/dataset/images.js';
import { createLeNet } from '../../src/model/initialization.js';
import { randomStreams } from '../../src/random.js';
import { startOfEpoch } from '../../src/training/position.js';
import { takeStep } from '../../src/training/step.js';
import { train } from '../../src/training/train.js';
import { miniDataset, parity, parityModel } from './fixtures.js';

let dataset: Dataset;

beforeAll(async () => {
  dataset = await miniDataset();
});

/** Losses of steps on consecutive batches from PyTorch's initial weights, each on the backend that is named for it. */
async function losses(backends: readonly string[], batchSize: number): Promise<number[]> {
  const { learningRate } = await parity();
  await useBackend(backends[0]!);
  const model = await parityModel();
  const optimizer = tf.train.sgd(learningRate);
  const gatherer = new BatchGatherer(dataset.train, batchSize);
  const order = inOrder(dataset.train);
  const curve = [];
  for (const [step, backend] of backends.entries()) {
    await useBackend(backend);
    const batch = gatherer.gather(order, step * batchSize);
    curve.push((await takeStep(model, optimizer, batch)).loss);
    tf.dispose([batch.images, batch.labels]);
  }
  model.dispose();
  optimizer.dispose();
  return curve;
}

const times = (count: number, backend: string): string[] => Array.from({ length: count }, () => backend);
const farthest = (some: readonly number[], others: readonly number[]): number =>
  Math.max(...some.map((value, i) => Math.abs(value - others[i]!)));

test('has the losses of PyTorch in the first 20 steps, of 32 images because software renders slowly', {
  timeout: 300_000,
}, async () => {
  const { runs } = await parity();
  const wanted = runs.find(({ batchSize }) => batchSize === 32)!;
  const got = await losses(times(20, 'webgl'), 32);
  expect(got).toHaveLength(wanted.losses.length);
  expect(farthest(got, wanted.losses)).toBeLessThan(2e-3);
});

test('goes from wasm to webgl and back in the middle of training, and the losses stay on their curve', {
  timeout: 300_000,
}, async () => {
  const swapped = await losses([...times(6, 'wasm'), ...times(6, 'webgl'), ...times(6, 'wasm')], 128);
  const stayed = await losses(times(18, 'wasm'), 128);
  expect(farthest(swapped, stayed)).toBeLessThan(1e-3);
});

test('learns as much in an epoch as on wasm', { timeout: 300_000 }, async () => {
  const accuracy = async (backend: string): Promise<number> => {
    await useBackend(backend);
    const { initialization, shuffling } = randomStreams(0);
    const model = createLeNet({ norm: 'batch' }, initialization);
    const options = { ...standardSettings, epochs: 1, from: startOfEpoch(1, shuffling) };
    // Accuracies in training are compared: the evaluation that follows can be short.
    const test = { ...dataset.test, count: 16 };
    const [epoch] = await train(model, { ...dataset, test }, options);
    model.dispose();
    return epoch!.trainAccuracy;
  };
  const [onWebgl, onWasm] = [await accuracy('webgl'), await accuracy('wasm')];
  expect(onWasm).toBeGreaterThan(0.15);
  expect(Math.abs(onWebgl - onWasm)).toBeLessThan(0.02);
});
