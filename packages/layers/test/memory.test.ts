/** Nothing is left behind: by a layer, by a prediction, by training, by a model that is disposed of. */
import '@bn/cpu-ref';
import '@bn/wasm';
import '@bn/wasm-train';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  RMSNormalization,
} from '../src/index.js';
import { images, sequentialWith } from './support/models.js';

const makers = {
  BatchNormalization: () => new BatchNormalization({ fused: true }),
  'BatchNormalization of another axis': () => new BatchNormalization({ axis: 2 }),
  GroupNormalization: () => new GroupNormalization({ groups: 4 }),
  'GroupNormalization of another axis': () => new GroupNormalization({ axis: 2, groups: 2 }),
  InstanceNormalization: () => new InstanceNormalization(),
  LayerNormalization: () => new LayerNormalization({ axis: [1, 2] }),
  RMSNormalization: () => new RMSNormalization(),
};

describe.each(['cpu', 'wasm'])('on %s', (backendName) => {
  beforeEach(() => useBackend(backendName));

  it.each(Object.entries(makers))('%s leaves its result alone', (_, make) => {
    const layer = make();
    const x = tf.randomNormal([2, 4, 4, 8]);
    tf.dispose(layer.apply(x) as tf.Tensor);
    for (const training of [false, true]) {
      const before = tf.memory().numTensors;
      const y = layer.apply(x, { training }) as tf.Tensor;
      expect(tf.memory().numTensors).toBe(before + 1);
      y.dispose();
    }
  });

  it.each(Object.entries(makers))('a model with %s leaves nothing after fit and dispose', async (_, make) => {
    const { x, y } = images(6);
    const before = tf.memory().numTensors;
    const model = sequentialWith(make());
    await model.fit(x, y, { verbose: 0 });
    const after = tf.memory().numTensors;
    await model.fit(x, y, { verbose: 0, epochs: 2 });
    expect(tf.memory().numTensors).toBe(after);
    model.dispose();
    // The learning rate is the optimizer's.
    model.optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
