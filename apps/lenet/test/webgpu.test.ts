/** LeNet on WebGPU in Node: what a step asks of the device, and as far as wasm gets. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { decodeCheckpoint } from '../src/model/checkpoint.js';
import { startBackend } from '../src/run/backend.js';
import { accuracyOfEpoch } from './learning.js';
import { avoidBarriers } from './softwareRenderer.js';
import { stepCosts } from './stepCosts.js';
import { first } from './support.js';

const golden = new URL('../golden/lenet-parity.safetensors', import.meta.url);
const readme = new URL('../../../packages/webgpu/README.md', import.meta.url);

test('a step with our batch norm takes less than half the dispatches, and reads nothing back', async () => {
  await startBackend('webgpu');
  const counted = {
    programs: [GPUDevice.prototype, 'createComputePipeline'],
    calls: [GPUComputePassEncoder.prototype, 'dispatchWorkgroups'],
    readbacks: [GPUBuffer.prototype, 'mapAsync'],
  } as const;
  const { without, ours, composed } = await stepCosts(counted, 32, async () =>
    decodeCheckpoint(readFileSync(golden)),
  );
  console.log('one step without batch norm:', without, 'ours:', ours, 'composed:', composed);
  expect(ours.compiled).toBe(0);
  expect(ours.readbacks).toBe(0);
  expect(ours.calls).toBeLessThan(composed.calls / 2);
  expect(readFileSync(readme, 'utf8').replace(/\s+/g, ' ')).toContain(
    `takes ${without.calls} dispatches and ${without.programs} programs without batch norm; composed batch norm adds ` +
      `${composed.calls - without.calls} dispatches and ${composed.programs} programs, this package ` +
      `${ours.calls - without.calls} and ${ours.programs}`,
  );
});

test('learns as much from 256 images as on wasm', { timeout: 600_000 }, async () => {
  await startBackend('wasm');
  await startBackend('webgpu');
  avoidBarriers();
  const { train, test } = await loadDataset('mini', { places: defaultPlaces() });
  const part = { train: first(train, 256), test };
  const [onWebgpu, onWasm] = [
    await accuracyOfEpoch('webgpu', part, 16),
    await accuracyOfEpoch('wasm', part, 16),
  ];
  expect(onWasm).toBeGreaterThan(0.2);
  expect(Math.abs(onWebgpu - onWasm)).toBeLessThan(0.02);
});
