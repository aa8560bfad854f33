/** LeNet on WebGPU in a browser: as PyTorch trains it, and as far as wasm gets. */
import { loadBackend } from '@bn/backends';
import { useBackend } from '@bn/core';
import { beforeAll, expect, test } from 'vitest';
import type { Dataset } from '../../src/dataset/images.js';
import { epochOf, farthest, fewImages, fewSteps, losses, times } from '../learning.js';
import { avoidBarriers } from '../softwareRenderer.js';
import { miniDataset, parity, parityModel } from './fixtures.js';

let dataset: Dataset;

beforeAll(async () => {
  dataset = await miniDataset();
  await loadBackend('wasm', { threads: 1 });
  await loadBackend('webgpu', { threads: 1 });
  await useBackend('webgpu');
  avoidBarriers();
});

test('has the losses of PyTorch in the first steps, of 16 images because software renders slowly', {
  timeout: 600_000,
}, async () => {
  const { batchSize } = fewImages;
  const { learningRate, losses: all } = await parity(batchSize);
  const wanted = all.slice(0, fewSteps);
  const start = { images: dataset.train, learningRate, model: parityModel };
  const got = await losses(start, times(fewSteps, 'webgpu'), batchSize);
  expect(got).toHaveLength(wanted.length);
  expect(farthest(got, wanted)).toBeLessThan(1e-4);
});

test('has the loss and accuracy of wasm in an epoch of 128 images', { timeout: 600_000 }, async () => {
  const [onGpu, onWasm] = [
    await epochOf('webgpu', dataset, fewImages),
    await epochOf('wasm', dataset, fewImages),
  ];
  expect(Math.abs(onGpu.trainLoss - onWasm.trainLoss)).toBeLessThan(1e-4);
  expect(Math.abs(onGpu.trainAccuracy - onWasm.trainAccuracy)).toBeLessThan(0.02);
});
