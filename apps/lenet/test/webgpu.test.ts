/** LeNet on WebGPU in Node: what a step asks of the device, and as far as wasm gets. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { decodeCheckpoint } from '../src/model/checkpoint.js';
import { startBackend } from '../src/run/backend.js';
import { epochOf, fewImages } from './learning.js';
import { avoidBarriers } from './softwareRenderer.js';
import { stepCosts } from './stepCosts.js';

const golden = new URL('../golden/lenet-parity.safetensors', import.meta.url);
const readme = new URL('../../../packages/webgpu/README.md', import.meta.url);

test('a step with our batch norm takes less than half the dispatches, and reads nothing back', async () => {
  await startBackend('webgpu');
  const counted = {
    programs: [GPUDevice.prototype, 'createComputePipeline'],
    calls: [GPUComputePassEncoder.prototype, 'dispatchWorkgroups'],
    readbacks: [GPUBuffer.prototype, 'mapAsync'],
  } as const;
  const { without, ours, composed } = await stepCosts(counted, 16, async () =>
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

test('has the loss and accuracy of wasm in an epoch of 128 images', { timeout: 600_000 }, async () => {
  await startBackend('wasm');
  await startBackend('webgpu');
  avoidBarriers();
  const dataset = await loadDataset('mini', { places: defaultPlaces() });
  const [onGpu, onWasm] = [
    await epochOf('webgpu', dataset, fewImages),
    await epochOf('wasm', dataset, fewImages),
  ];
  expect(Math.abs(onGpu.trainLoss - onWasm.trainLoss)).toBeLessThan(1e-4);
  expect(Math.abs(onGpu.trainAccuracy - onWasm.trainAccuracy)).toBeLessThan(0.02);
});
