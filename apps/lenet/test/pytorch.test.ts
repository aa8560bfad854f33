/** PyTorch's checkpoints here: golden/lenet-trained.* and lenet-norms.json were written by scripts/make_pytorch_golden.py. */

import { readFileSync } from 'node:fs';
import { nodeBackendNames } from '@bn/backends';
import { readSafetensors } from '@bn/exchange';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { BatchGatherer, type Dataset, inOrder } from '../src/dataset/images.js';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { exportState, importState } from '../src/model/arrays.js';
import { decodeCheckpoint, encodeCheckpoint, parseCheckpoint } from '../src/model/checkpoint.js';
import { LeNet } from '../src/model/lenet.js';
import type { Norm, Placement } from '../src/model/norms.js';
import type { NamedArrays } from '../src/model/stateArrays.js';
import { startBackend } from '../src/run/backend.js';
import { evaluate } from '../src/training/evaluate.js';

type Logits = number[][];

const golden = (name: string) => readFileSync(new URL(`../golden/${name}`, import.meta.url));
const trained: { logits: Logits; testAccuracy: number } = JSON.parse(golden('lenet-trained.json').toString());
const { networks }: { networks: { norm: Norm; placement: Placement; logits: Logits }[] } = JSON.parse(
  golden('lenet-norms.json').toString(),
);

const dataset: Promise<Dataset> = loadDataset('mini', { places: defaultPlaces() });

/** The largest difference to the golden logits of the first test images. */
async function errorOf(model: LeNet, logits: Logits): Promise<number> {
  const { test: images } = await dataset;
  const batch = new BatchGatherer(images, logits.length).gather(inOrder(images), 0);
  const output = tf.tidy(() => model.forward(batch.images, { training: false }));
  const own = (await output.array()) as Logits;
  tf.dispose([output, batch.images, batch.labels]);
  return Math.max(
    ...own.flatMap((row, image) => row.map((value, label) => Math.abs(value - logits[image]![label]!))),
  );
}

describe('a checkpoint that PyTorch trained', () => {
  test.each(nodeBackendNames)('has the same logits on %s', async (backend) => {
    await startBackend(backend);
    const model = decodeCheckpoint(golden('lenet-trained.safetensors'));
    expect(await errorOf(model, trained.logits)).toBeLessThan(1e-5);
    model.dispose();
  });

  test('has the same test accuracy', async () => {
    await startBackend('wasm');
    const model = decodeCheckpoint(golden('lenet-trained.safetensors'));
    expect((await evaluate(model, (await dataset).test, 250)).accuracy).toBeCloseTo(trained.testAccuracy, 6);
    model.dispose();
  });

  test('is the same after loading and saving, bit by bit, with the count of its batches', async () => {
    const { arrays } = readSafetensors(golden('lenet-trained.safetensors'));
    const model = decodeCheckpoint(golden('lenet-trained.safetensors'));
    expect(readSafetensors(await encodeCheckpoint(model)).arrays).toEqual(arrays);
    expect(arrays['norm3.num_batches_tracked']!.data).toEqual(BigInt64Array.of(24n));
    model.dispose();
  });
});

/** The weights of lenet-parity.safetensors; gammas and betas a wave, so that no two channels have the same. */
async function withWaves(norm: Norm, placement: Placement): Promise<LeNet> {
  const model = new LeNet({ norm, placement });
  const weights = parseCheckpoint(golden('lenet-parity.safetensors')).arrays;
  const arrays: NamedArrays = Object.fromEntries(
    Object.entries(await exportState(model)).map(([name, array]) => {
      const [layer, key] = name.split('.');
      if (!layer!.startsWith('norm')) return [name, weights[name]!];
      if (array.dtype !== 'F32' || (key !== 'weight' && key !== 'bias')) return [name, array];
      const data = array.data.map((_, index) => (key === 'weight' ? 1 : 0) + 0.25 * Math.sin(index));
      return [name, { ...array, data }];
    }),
  );
  importState(model, arrays);
  return model;
}

test.each(networks)(
  'with norm $norm $placement the activation, the same weights have the same logits as in PyTorch',
  async ({ norm, placement, logits }) => {
    await startBackend('wasm');
    const model = await withWaves(norm, placement);
    expect(await errorOf(model, logits)).toBeLessThan(1e-5);
    model.dispose();
  },
);
