/** What operations cost on the GPU, and that the README says so. */
import '@tensorflow/tfjs';
import {
  BatchNorm,
  batchNorm,
  batchNormInference,
  groupNorm,
  layerNorm,
  rmsNorm,
  useBackend,
} from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { commands } from 'vitest/browser';
import '../../src/index.js';
import { countGpu, type GpuCounts } from './gpu.js';

beforeAll(() => useBackend('webgl'));

type Operation = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor;

const batch: Operation = (x, gamma, beta) => {
  const { y, mean, variance } = batchNorm(x, { gamma, beta });
  tf.dispose([mean, variance]);
  return y;
};

/** A tensor that a packed operation has left on the GPU. */
const onGpu = (shape: number[]): tf.Tensor => tf.tidy(() => tf.relu(tf.randomNormal(shape)));

/** Counts of what comes after a first run, which uploads what is still on the CPU and compiles. */
function counts(run: () => tf.Tensor | tf.Tensor[]): GpuCounts {
  tf.dispose(run());
  let results: tf.Tensor | tf.Tensor[] = [];
  const result = countGpu(() => {
    results = run();
  });
  tf.dispose(results);
  return result;
}

function costsOf(
  operation: Operation,
  shape: number[],
  channels: number,
): { forward: GpuCounts; both: GpuCounts } {
  const given = [onGpu(shape), onGpu([channels]), onGpu([channels])] as const;
  const dy = onGpu(shape);
  const forward = counts(() => operation(...given));
  const both = counts(() => tf.grads(operation as (...tensors: tf.Tensor[]) => tf.Tensor)([...given], dy));
  tf.dispose([...given, dy]);
  return { forward, both };
}

const image = [8, 16, 32, 32];
const rows = [128, 256];
const operations: Record<string, [Operation, number[], number]> = {
  'BatchNorm `[N, C, H, W]`': [batch, image, 16],
  'BatchNorm `[N, H, W, C]`': [
    (x, gamma, beta) => {
      const { y, mean, variance } = batchNorm(x, { gamma, beta, dataFormat: 'channelsLast' });
      tf.dispose([mean, variance]);
      return y;
    },
    [8, 32, 32, 16],
    16,
  ],
  'BatchNorm `[N, C]`': [batch, rows, 256],
  'GroupNorm `[N, C, H, W]`': [(x, gamma, beta) => groupNorm(x, { numGroups: 4, gamma, beta }), image, 16],
  'LayerNorm `[N, D]`': [(x, gamma, beta) => layerNorm(x, { normalizedShape: 256, gamma, beta }), rows, 256],
};

/** In units of the bytes of x: what is read or written besides is small. */
const timesX = (bytes: number, shape: number[]): string =>
  (bytes / (4 * tf.util.sizeFromShape(shape))).toFixed(1);

function tableRow(
  name: string,
  { forward, both }: { forward: GpuCounts; both: GpuCounts },
  shape: number[],
): string {
  const cells = [forward, both].flatMap((cost) => [
    `${cost.draws}`,
    timesX(cost.bytesRead, shape),
    timesX(cost.bytesWritten, shape),
  ]);
  return `| ${[name.padEnd(24), ...cells.map((cell) => cell.padEnd(4))].join(' | ')} |`;
}

it('the README has the draws and bytes that operations cost', async () => {
  const table = Object.entries(operations).map(([name, [operation, shape, channels]]) =>
    tableRow(name, costsOf(operation, shape, channels), shape),
  );
  const readme = await commands.readFile('README.md');
  const cells = (text: string) => text.replace(/ +/g, ' ');
  for (const row of table)
    expect(cells(readme), `missing in the README:\n${table.join('\n')}\n`).toContain(cells(row));
});

it('batch norm takes at most 3 draws forward and 10 forward and backward, and reads nothing back', () => {
  for (const [name, [operation, shape, channels]] of Object.entries(operations)) {
    if (!name.startsWith('BatchNorm')) continue;
    const { forward, both } = costsOf(operation, shape, channels);
    expect(forward.draws, name).toBeLessThanOrEqual(3);
    expect(both.draws, name).toBeLessThanOrEqual(10);
    expect(forward.readbacks + both.readbacks, name).toBe(0);
  }
});

it('a layer with running statistics takes two draws more', () => {
  const layer = new BatchNorm({ numFeatures: 16 });
  const x = onGpu(image);
  expect(counts(() => layer.apply(x, { training: true })).draws).toBe(5);
  layer.dispose();
  x.dispose();
});

it('inference takes two draws', () => {
  const [x, mean, variance] = [onGpu(image), onGpu([16]), onGpu([16])] as const;
  expect(counts(() => batchNormInference(x, { mean, variance })).draws).toBe(2);
  tf.dispose([x, mean, variance]);
});

it('another batch size, and another image size, compile nothing', () => {
  const run = (
    operation: (x: tf.Tensor, gamma: tf.Tensor) => tf.Tensor,
    shape: number[],
    channels: number,
  ) => {
    const given = [onGpu(shape), onGpu([channels])];
    const dy = onGpu(shape);
    let gradients: tf.Tensor[] = [];
    const { programs } = countGpu(() => {
      gradients = tf.grads(operation as (...tensors: tf.Tensor[]) => tf.Tensor)(given, dy);
    });
    tf.dispose([...given, ...gradients, dy]);
    return programs;
  };
  const batch = (x: tf.Tensor, gamma: tf.Tensor) => {
    const { y, mean, variance } = batchNorm(x, { gamma });
    tf.dispose([mean, variance]);
    return y;
  };
  const rms = (x: tf.Tensor, gamma: tf.Tensor) => rmsNorm(x, { normalizedShape: 32, gamma });
  run(batch, [4, 6, 8, 8], 6);
  run(rms, [16, 32], 32);
  expect(run(batch, [10, 6, 8, 8], 6)).toBe(0);
  expect(run(batch, [10, 18, 20, 30], 18)).toBe(0);
  expect(run(rms, [400, 32], 32)).toBe(0);
});

afterEach(() => {
  expect(tf.memory().numTensors).toBe(0);
});
