/**
 * LeNet on the GPU: as PyTorch trains it, as far as wasm gets, and over a change of backends half-way. Software renders slowly: all
 * tests take batches of one size, so that programs are compiled once.
 */
import '@bn/wasm';
import '@bn/wasm-train';
import '@bn/webgl';
import { beforeAll, expect, test } from 'vitest';
import type { Dataset } from '../../src/dataset/images.js';
import { epochOf, farthest, fewImages, fewSteps, losses, type Start, times } from '../learning.js';
import { miniDataset, parity, parityModel } from './fixtures.js';

const { batchSize } = fewImages;
let dataset: Dataset;
let start: Start;
let wanted: readonly number[];

beforeAll(async () => {
  dataset = await miniDataset();
  const { learningRate, losses } = await parity(batchSize);
  wanted = losses.slice(0, fewSteps);
  start = { images: dataset.train, learningRate, model: parityModel };
});

test('has the losses of PyTorch in the first steps', {
  timeout: 300_000,
}, async () => {
  const got = await losses(start, times(fewSteps, 'webgl'), batchSize);
  expect(got).toHaveLength(wanted.length);
  expect(farthest(got, wanted)).toBeLessThan(1e-4);
});

test('goes from wasm to webgl and back in the middle of training, and the losses stay on their curve', {
  timeout: 300_000,
}, async () => {
  const backends = [...times(6, 'wasm'), ...times(6, 'webgl'), ...times(6, 'wasm')];
  const swapped = await losses(start, backends, batchSize);
  const stayed = await losses(start, times(18, 'wasm'), batchSize);
  expect(farthest(swapped, stayed)).toBeLessThan(1e-4);
});

test('has the loss and accuracy of wasm in an epoch of 128 images', { timeout: 300_000 }, async () => {
  const [onGpu, onWasm] = [
    await epochOf('webgl', dataset, fewImages),
    await epochOf('wasm', dataset, fewImages),
  ];
  expect(Math.abs(onGpu.trainLoss - onWasm.trainLoss)).toBeLessThan(1e-4);
  expect(Math.abs(onGpu.trainAccuracy - onWasm.trainAccuracy)).toBeLessThan(0.02);
});
