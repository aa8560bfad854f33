/** How work is split changes no result beyond rounding, and the software renderer at hand is known for one. */
import { batchNorm, groupNorm, layerNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { parallelismOf } from '../src/device/parallelism.js';
import { takeForHardware } from './support/parallelism.js';
import './support/start.js';

const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;

it('a software renderer has few workgroups, and no teams', () => {
  expect(parallelismOf(device())).toMatchObject({ workgroups: 16, mostTeam: 1 });
  const restore = takeForHardware();
  expect(parallelismOf(device())).toMatchObject({ workgroups: 256, mostTeam: 64 });
  restore();
});

const operations: Record<
  string,
  [shape: number[], channels: number, (x: tf.Tensor, gamma: tf.Tensor) => tf.Tensor]
> = {
  'BatchNorm of planes': [[5, 3, 40, 60], 3, (x, gamma) => batchNorm(x, { gamma }).y],
  'BatchNorm of columns': [[4000, 12], 12, (x, gamma) => batchNorm(x, { gamma }).y],
  'GroupNorm of planes': [[3, 6, 40, 36], 6, (x, gamma) => groupNorm(x, { numGroups: 2, gamma })],
  'GroupNorm of columns': [
    [2, 30, 40, 6],
    6,
    (x, gamma) => groupNorm(x, { numGroups: 2, gamma, dataFormat: 'channelsLast' }),
  ],
  LayerNorm: [[4, 9000], 9000, (x, gamma) => layerNorm(x, { normalizedShape: 9000, gamma })],
};

it.each(Object.entries(operations))(
  '%s: the same numbers, whichever way it is split',
  async (_, [shape, channels, of]) => {
    const [x, dy] = [
      tf.randomNormal(shape, 100, 2, 'float32', 1),
      tf.randomNormal(shape, 0, 1, 'float32', 2),
    ];
    const gamma = tf.randomUniform([channels], 0.5, 2, 'float32', 3);
    const run = async () => {
      const results = tf.tidy(() => [of(x, gamma), ...tf.grads(of)([x, gamma], dy)]);
      const values = await Promise.all(results.map((result) => result.data()));
      tf.dispose(results);
      return values;
    };
    const software = await run();
    const restore = takeForHardware();
    const hardware = await run();
    restore();
    for (const [i, values] of software.entries()) {
      const size = Math.max(...values.map(Math.abs));
      const furthest = Math.max(...values.map((value, k) => Math.abs(value - hardware[i]![k]!)));
      expect(furthest).toBeLessThan(2e-5 * size);
    }
    tf.dispose([x, dy, gamma]);
  },
);
