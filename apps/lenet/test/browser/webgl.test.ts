/**
 * LeNet on the GPU: as PyTorch trains it, as far as wasm gets, and over a change of backends half-way. Software renders slowly: all
 * tests take batches of 16, so that programs are compiled once.
 */
import '@bn/wasm';
import '@bn/wasm-train';
import '@bn/webgl';
import { beforeAll, expect, test } from 'vitest';
import type { Dataset } from '../../src/dataset/images.js';
import { accuracyOfEpoch, farthest, losses, type Start, times } from '../learning.js';
import { miniDataset, parity, parityModel } from './fixtures.js';

const batchSize = 16;
let dataset: Dataset;
let start: Start;
let wanted: readonly number[];

beforeAll(async () => {
  dataset = await miniDataset();
  const { learningRate, losses } = await parity(batchSize);
  wanted = losses;
  start = { images: dataset.train, learningRate, model: parityModel };
});

test('has the losses of PyTorch in the first 20 steps', {
  timeout: 300_000,
}, async () => {
  const got = await losses(start, times(20, 'webgl'), batchSize);
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

test('learns as much from 256 images as on wasm', { timeout: 300_000 }, async () => {
  const part = { ...dataset, train: { ...dataset.train, count: 256 } };
  const [onWebgl, onWasm] = [
    await accuracyOfEpoch('webgl', part, batchSize),
    await accuracyOfEpoch('wasm', part, batchSize),
  ];
  expect(onWasm).toBeGreaterThan(0.2);
  expect(Math.abs(onWebgl - onWasm)).toBeLessThan(0.02);
});
