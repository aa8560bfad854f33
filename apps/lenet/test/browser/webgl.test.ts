/** LeNet on the GPU: as PyTorch trains it, as far as wasm gets, and over a change of backends half-way. */
import '@bn/wasm';
import '@bn/wasm-train';
import '@bn/webgl';
import { beforeAll, expect, test } from 'vitest';
import type { Dataset } from '../../src/dataset/images.js';
import { accuracyOfEpoch, farthest, losses, type Start, times } from '../learning.js';
import { miniDataset, parity, parityModel } from './fixtures.js';

let dataset: Dataset;
let start: Start;

beforeAll(async () => {
  dataset = await miniDataset();
  const { learningRate } = await parity();
  start = { images: dataset.train, learningRate, model: parityModel };
});

test('has the losses of PyTorch in the first 20 steps, of 32 images because software renders slowly', {
  timeout: 300_000,
}, async () => {
  const { runs } = await parity();
  const wanted = runs.find(({ batchSize }) => batchSize === 32)!;
  const got = await losses(start, times(20, 'webgl'), 32);
  expect(got).toHaveLength(wanted.losses.length);
  expect(farthest(got, wanted.losses)).toBeLessThan(2e-3);
});

test('goes from wasm to webgl and back in the middle of training, and the losses stay on their curve', {
  timeout: 300_000,
}, async () => {
  const swapped = await losses(start, [...times(6, 'wasm'), ...times(6, 'webgl'), ...times(6, 'wasm')], 128);
  const stayed = await losses(start, times(18, 'wasm'), 128);
  expect(farthest(swapped, stayed)).toBeLessThan(1e-3);
});

test('learns as much in an epoch as on wasm', { timeout: 300_000 }, async () => {
  const [onWebgl, onWasm] = [await accuracyOfEpoch('webgl', dataset), await accuracyOfEpoch('wasm', dataset)];
  expect(onWasm).toBeGreaterThan(0.15);
  expect(Math.abs(onWebgl - onWasm)).toBeLessThan(0.02);
});
