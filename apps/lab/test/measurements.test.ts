/** What the lab measures in the layers, beside the same numbers computed by nothing of this project. */
import { standardSettings } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import type { MeasuredPoint, TrainerEvent } from '../src/protocol.js';
import { Trainer } from '../src/worker/trainer.js';
import { firstStep } from './plainLeNet.js';
import { idxSource } from './support.js';

type MeasuredNorm = 'none' | 'batch';

/** What the worker reports of the first step at seed 0, with all of the committed images. */
async function firstReport(norm: MeasuredNorm, batchSize: number): Promise<MeasuredPoint> {
  await startBackend('wasm');
  let trainer: Trainer | undefined;
  const reported = new Promise<MeasuredPoint>((resolve) => {
    const report = (event: TrainerEvent) => {
      if (event.kind === 'measured') resolve(event.point);
    };
    trainer = new Trainer(startBackend as (name: string) => Promise<void>, report);
  });
  await trainer!.loadDataset(await idxSource(6000, 10));
  await trainer!.createRun('run', { norm, placement: 'before', ...standardSettings, batchSize });
  await trainer!.train();
  const point = await reported;
  await trainer!.pause();
  return point;
}

/** Float32 on two backends, in another order of sums. */
const tolerance = 1e-3;

/** What the first step of 256 images at seed 0 is known to measure: deviations from the first layer on, and conv1's gradient. */
const known = {
  none: { deviations: [0.122, 0.0199, 0.0047, 0.00118], gradient: 1.5e-3 },
  batch: { deviations: [0.939, 0.955, 1, 1], gradient: 1.18 },
};

test.each(['none', 'batch'] as const)(
  'with the norm %s, deviations between images and gradient norms are those of plain TensorFlow.js',
  async (norm) => {
    // Few images: tfjs's cpu backend is slow.
    const { at, deviations, gradients } = await firstReport(norm, 32);
    await tf.setBackend('cpu');
    const plain = await firstStep(0, 32, norm === 'batch');
    expect(at).toBe(0);
    for (const [measured, expected] of [
      [deviations, plain.deviations],
      [gradients, plain.gradients],
    ] as const) {
      expect(Object.keys(measured)).toEqual(Object.keys(expected));
      for (const [layer, value] of Object.entries(measured))
        expect(Math.abs(value / expected[layer]! - 1), layer).toBeLessThan(tolerance);
    }
  },
);

test.each(['none', 'batch'] as const)(
  "with the norm %s, the tutorial's first step measures what is known of it",
  async (norm) => {
    const { deviations, gradients } = await firstReport(norm, 256);
    for (const [index, value] of Object.values(deviations).entries())
      expect(Math.abs(value / known[norm].deviations[index]! - 1)).toBeLessThan(0.01);
    expect(Math.abs(gradients.conv1 / known[norm].gradient - 1)).toBeLessThan(0.01);
  },
);
