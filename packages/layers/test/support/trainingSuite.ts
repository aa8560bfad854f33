/** What model.fit does with every layer, on any backend. */
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  RMSNormalization,
} from '../../src/index.js';
import { expectClose } from './compare.js';
import { functionalWith, images, predict, sequentialWith, valuesOf } from './models.js';

const makers = {
  BatchNormalization: () => new BatchNormalization(),
  GroupNormalization: () => new GroupNormalization({ groups: 4 }),
  InstanceNormalization: () => new InstanceNormalization(),
  LayerNormalization: () => new LayerNormalization({ axis: [1, 2, 3] }),
  RMSNormalization: () => new RMSNormalization(),
};

/** Losses of four epochs on 24 images, in batches of 8. */
async function fit(model: tf.LayersModel, count = 24): Promise<number[]> {
  const { x, y } = images(count);
  const { history } = await model.fit(x, y, { epochs: 4, batchSize: 8, shuffle: false, verbose: 0 });
  tf.dispose([x, y]);
  return history.loss as number[];
}

export function trainingSuite(backendName: string): void {
  describe(`model.fit on ${backendName}`, () => {
    beforeAll(() => useBackend(backendName));

    it.each(Object.entries(makers))('learns with %s in a tf.sequential', async (_, make) => {
      const model = sequentialWith(make());
      const before = valuesOf(model);
      const losses = await fit(model);
      expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
      // Every weight, gamma, beta and the moving ones too, has moved.
      valuesOf(model).forEach((values, i) => {
        expect(values).not.toEqual(before[i]);
      });
    });

    it.each(Object.entries(makers))('learns with %s in a tf.model', async (_, make) => {
      const losses = await fit(functionalWith(make()));
      expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
    });

    it.each([
      ['BatchNormalization', () => new BatchNormalization(), () => tf.layers.batchNormalization()],
      ['LayerNormalization', () => new LayerNormalization(), () => tf.layers.layerNormalization()],
    ])('ends with the weights of tf.layers with %s', async (_, ours, theirs) => {
      const [model, reference] = [sequentialWith(ours()), sequentialWith(theirs())];
      const [losses, referenceLosses] = [await fit(model), await fit(reference)];
      expectClose(losses, referenceLosses, 1e-4);
      const referenceValues = valuesOf(reference);
      valuesOf(model).forEach((values, i) => {
        expectClose(values, referenceValues[i]!, 1e-4);
      });
    });

    it('leaves the moving statistics to fit: predict reads them', async () => {
      const model = sequentialWith(new BatchNormalization());
      const { x } = images(8);
      const before = valuesOf(model);
      const first = predict(model, x);
      expect(predict(model, x)).toEqual(first);
      expect(valuesOf(model)).toEqual(before);
      await fit(model);
      // They come last: what is trainable comes first.
      expect(valuesOf(model).slice(-2)).not.toEqual(before.slice(-2));
    });

    it('takes a last batch of one sample, which is its own mean', async () => {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({ units: 4, inputShape: [3] }),
          new BatchNormalization(),
          tf.layers.dense({ units: 1 }),
        ],
      });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const x = tf.randomNormal([9, 3], 0, 1, 'float32', 1);
      const { history } = await model.fit(x, tf.ones([9, 1]), { epochs: 2, batchSize: 4, verbose: 0 });
      for (const loss of history.loss as number[]) expect(loss).toBeLessThan(100);
    });
  });
}
