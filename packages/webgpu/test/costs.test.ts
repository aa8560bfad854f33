/** What operations cost on the GPU, and that the README says so. */
import { readFileSync } from 'node:fs';
import { BatchNorm, batchNorm, batchNormInference, groupNorm, layerNorm, rmsNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { countGpu, type GpuCounts } from './support/gpu.js';
import './support/start.js';

type Operation = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => tf.Tensor;

const batch =
  (dataFormat: 'channelsFirst' | 'channelsLast'): Operation =>
  (x, gamma, beta) => {
    const { y, mean, variance } = batchNorm(x, { gamma, beta, dataFormat });
    tf.dispose([mean, variance]);
    return y;
  };

/** A tensor that an operation has left on the GPU. */
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

const groups =
  (dataFormat: 'channelsFirst' | 'channelsLast'): Operation =>
  (x, gamma, beta) =>
    groupNorm(x, { numGroups: 4, gamma, beta, dataFormat });

const operations: Record<string, [Operation, number[], number]> = {
  'BatchNorm `[N, C, H, W]`': [batch('channelsFirst'), [8, 16, 32, 32], 16],
  'BatchNorm `[N, H, W, C]`': [batch('channelsLast'), [8, 32, 32, 16], 16],
  'BatchNorm `[N, C]`': [batch('channelsFirst'), [128, 256], 256],
  'GroupNorm `[N, C, H, W]`': [groups('channelsFirst'), [8, 16, 32, 32], 16],
  'GroupNorm `[N, H, W, C]`': [groups('channelsLast'), [8, 32, 32, 16], 16],
  'LayerNorm `[N, D]`': [
    (x, gamma, beta) => layerNorm(x, { normalizedShape: 256, gamma, beta }),
    [128, 256],
    256,
  ],
};

/** In units of the bytes of x: what is read or written besides is small. */
const timesX = (bytes: number, shape: number[]): string =>
  (bytes / (4 * tf.util.sizeFromShape(shape))).toFixed(1);

it('the README has the dispatches and bytes that operations cost', () => {
  const rows = Object.entries(operations).map(([name, [operation, shape, channels]]) => {
    const { forward, both } = costsOf(operation, shape, channels);
    const cells = [forward, both].flatMap((cost) => [
      `${cost.dispatches}`,
      timesX(cost.bytesRead, shape),
      timesX(cost.bytesWritten, shape),
    ]);
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  const readme = readFileSync('README.md', 'utf8').replace(/ +/g, ' ');
  for (const row of rows) expect(readme, `missing in the README:\n${rows.join('\n')}\n`).toContain(row);
});

it('batch norm takes at most 3 dispatches forward and 5 in all, the others 2 and 4, and reads nothing back', () => {
  for (const [name, [operation, shape, channels]] of Object.entries(operations)) {
    const { forward, both } = costsOf(operation, shape, channels);
    const [most, mostBoth] = name.startsWith('BatchNorm') ? [3, 5] : [2, 4];
    expect(forward.dispatches, name).toBeLessThanOrEqual(most);
    expect(both.dispatches, name).toBeLessThanOrEqual(mostBoth);
    expect(forward.readbacks + both.readbacks, name).toBe(0);
  }
});

it('a layer with running statistics takes two dispatches more, and inference one in all', () => {
  const layer = new BatchNorm({ numFeatures: 16 });
  const x = onGpu([8, 16, 32, 32]);
  expect(counts(() => layer.apply(x, { training: true })).dispatches).toBe(4);
  layer.dispose();
  const [mean, variance] = [onGpu([16]), onGpu([16])] as const;
  expect(counts(() => batchNormInference(x, { mean, variance })).dispatches).toBe(1);
  tf.dispose([x, mean, variance]);
});

it('another batch size, and another image size, compile nothing', () => {
  const pipelines = (operation: Operation, shape: number[], channels: number) => {
    const given = [onGpu(shape), onGpu([channels]), onGpu([channels])];
    const dy = onGpu(shape);
    let gradients: tf.Tensor[] = [];
    const counted = countGpu(() => {
      gradients = tf.grads(operation as (...tensors: tf.Tensor[]) => tf.Tensor)(given, dy);
    });
    tf.dispose([...given, ...gradients, dy]);
    return counted.pipelines;
  };
  const rms: Operation = (x, gamma, beta) =>
    tf.add(rmsNorm(x, { normalizedShape: gamma.shape, gamma }), tf.mul(beta, 0));
  pipelines(batch('channelsFirst'), [16, 32, 32, 32], 32);
  pipelines(rms, [16, 32], 32);
  expect(pipelines(batch('channelsFirst'), [20, 32, 32, 32], 32)).toBe(0);
  expect(pipelines(batch('channelsFirst'), [20, 48, 40, 40], 48)).toBe(0);
  expect(pipelines(rms, [400, 32], 32)).toBe(0);
});

afterEach(() => {
  expect(tf.memory().numTensors).toBe(0);
});
