/** A model changes its backend in the middle of training and ends where it would have ended anyway. */
import { BatchNorm, GroupNorm, LayerNorm, type Normalization, RMSNorm, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Behaviour, Context } from '../behaviour.js';
import { expectClose, largest } from '../compare.js';
import { normal } from '../golden/inputs.js';
import { takeOne } from '../run.js';

const steps = 6;

/** Names of backends, one for each step. */
type Schedule = readonly string[];

function createLayers() {
  return {
    batch: new BatchNorm({ numFeatures: 6 }),
    group: new GroupNorm({ numGroups: 3, numChannels: 6 }),
    layer: new LayerNorm({ normalizedShape: [6, 3, 5] }),
    rms: new RMSNorm({ normalizedShape: 5 }),
  };
}

const draw = (seed: number, shape: [number, number, number, number]) =>
  tf.tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => 3 + normal(seed, i)),
    shape,
  );

/** Trains all kinds of layers by a schedule; gives every weight and the last loss. */
async function train(schedule: Schedule): Promise<Record<string, Float32Array>> {
  await useBackend(schedule[0]!);
  const layers = createLayers();
  const optimizer = tf.train.sgd(0.05);
  const [x, target] = [draw(41, [8, 6, 3, 5]), draw(42, [8, 6, 3, 5])];
  const results: Record<string, Float32Array> = {};
  for (const backend of schedule) {
    await useBackend(backend);
    const loss = optimizer.minimize(() => {
      const { batch, group, layer, rms } = layers;
      const hidden = group.apply(tf.square(batch.apply(x, { training: true })));
      const y = rms.apply(tf.mul(layer.apply(hidden), x));
      return tf.mean(tf.square(tf.sub(y, target))) as tf.Scalar;
    }, true);
    results.loss = await takeOne(loss!);
  }
  const y = layers.batch.apply(x, { training: false });
  results['y in inference'] = await takeOne(y);
  for (const [name, layer] of Object.entries<Normalization>(layers)) {
    for (const [key, tensor] of Object.entries(layer.stateDict())) {
      results[`${name}.${key}`] = await takeOne(tensor);
    }
    layer.dispose();
  }
  optimizer.dispose();
  tf.dispose([x, target]);
  return results;
}

/** Another backend rounds otherwise; a few steps of training carry that on. */
const relativeTolerance = 2e-5;

const endsWhereItWould =
  (scheduleOf: (home: string, away: string) => Schedule) =>
  (other: string): Behaviour =>
  async ({ backend, tolerance }: Context) => {
    const swapped = await train(scheduleOf(backend, other));
    const stayed = await train(Array.from({ length: steps }, () => backend));
    await useBackend(backend);
    expect(Object.keys(swapped)).toEqual(Object.keys(stayed));
    for (const [name, values] of Object.entries(stayed)) {
      const allowed = tolerance * relativeTolerance * (1 + largest(values));
      expectClose(swapped[name]!, values, allowed, `${name} after a swap`);
    }
  };

const half = steps / 2;
const times = (count: number, name: string): string[] => Array.from({ length: count }, () => name);

export const swapOnce = endsWhereItWould((home, away) => [...times(half, home), ...times(half, away)]);

export const swapBack = endsWhereItWould((home, away) => [
  ...times(2, home),
  ...times(2, away),
  ...times(2, home),
]);

export const startElsewhere = endsWhereItWould((home, away) => [...times(half, away), ...times(half, home)]);

/** What a graph of results on two backends needs: y from one is x to the other. */
export const resultsMove =
  (other: string): Behaviour =>
  async ({ backend, tolerance }) => {
    const layer = new LayerNorm({ normalizedShape: [5] });
    const x = draw(43, [2, 3, 4, 5]);
    const first = layer.apply(x);
    await useBackend(other);
    const second = layer.apply(first);
    await useBackend(backend);
    const third = layer.apply(first);
    const [there, here] = [await takeOne(second), await takeOne(third)];
    expectClose(there, here, tolerance * relativeTolerance, 'y');
    tf.dispose([x, first]);
    layer.dispose();
  };
