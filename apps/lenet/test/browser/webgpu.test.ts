/** LeNet on WebGPU in a browser: as PyTorch trains it, and as far as wasm gets. */
import { loadBackend } from '@bn/backends';
import { useBackend } from '@bn/core';
import { beforeAll, expect, test } from 'vitest';
import type { Dataset } from '../../src/dataset/images.js';
import { accuracyOfEpoch, farthest, losses, times } from '../learning.js';
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

test('has the losses of PyTorch in the first 20 steps, of 16 images because software renders slowly', {
  timeout: 600_000,
}, async () => {
  const { learningRate, losses: wanted } = await parity(16);
  const start = { images: dataset.train, learningRate, model: parityModel };
  const got = await losses(start, times(20, 'webgpu'), 16);
  expect(got).toHaveLength(wanted.length);
  expect(farthest(got, wanted)).toBeLessThan(1e-4);
});

test('learns as much from 256 images as on wasm', { timeout: 600_000 }, async () => {
  const part = { ...dataset, train: { ...dataset.train, count: 256 } };
  const [onWebgpu, onWasm] = [
    await accuracyOfEpoch('webgpu', part, 16),
    await accuracyOfEpoch('wasm', part, 16),
  ];
  expect(onWasm).toBeGreaterThan(0.2);
  expect(Math.abs(onWebgpu - onWasm)).toBeLessThan(0.02);
});
