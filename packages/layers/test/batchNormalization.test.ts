/** Moving statistics, frozen layers and masks: what BatchNormalization does as Keras. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchNormalization, type BatchNormalizationArguments } from '../src/index.js';
import { expectClose } from './support/compare.js';

beforeAll(() => useBackend('cpu'));

const x = tf.tensor2d([
  [1, 10],
  [3, 30],
]);

/** A layer without gamma and beta that has been trained on x once; its moving mean and variance. */
function movingAfter(args: BatchNormalizationArguments, input: tf.Tensor = x): number[][] {
  const layer = new BatchNormalization({ center: false, scale: false, momentum: 0.75, ...args });
  layer.apply(input, { training: true });
  return layer.getWeights().map((weight) => Array.from(weight.dataSync()));
}

describe('the moving statistics of BatchNormalization', () => {
  it('move by one minus momentum towards mean and biased variance of the batch', () => {
    expect(movingAfter({})).toEqual([
      [0.5, 5],
      [1, 25.75],
    ]);
  });

  it('take the unbiased variance with fused: true, as the fused kernel of TensorFlow does', () => {
    expect(movingAfter({ fused: true })[1]).toEqual([1.25, 50.75]);
  });

  it('take the mean of a single value, and no variance', () => {
    expect(movingAfter({ fused: true }, tf.tensor2d([[1, 10]]))).toEqual([
      [0.25, 2.5],
      [0.75, 0.75],
    ]);
  });

  it('stay as they are without training', () => {
    const layer = new BatchNormalization();
    layer.apply(x);
    expect(
      layer
        .getWeights()
        .map((weight) => Array.from(weight.dataSync()))
        .slice(2),
    ).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

describe('a BatchNormalization that is not trainable', () => {
  it('uses the moving statistics in training too, and leaves them as they are', () => {
    const layer = new BatchNormalization({ trainable: false });
    const inference = (layer.apply(x) as tf.Tensor).dataSync();
    expect((layer.apply(x, { training: true }) as tf.Tensor).dataSync()).toEqual(inference);
    expect(Array.from(layer.getWeights()[2]!.dataSync())).toEqual([0, 0]);
  });

  it('is one whose model is not trainable, as well', async () => {
    const layer = new BatchNormalization({ inputShape: [2] });
    const model = tf.sequential({ layers: [layer, tf.layers.dense({ units: 1 })] });
    model.trainable = false;
    const before = layer.getWeights()[2]!.dataSync();
    model.apply(x, { training: true });
    expect(layer.getWeights()[2]!.dataSync()).toEqual(before);
  });
});

describe('a mask', () => {
  // [N, T, C] with padding of 9, which tf.layers.masking is told of.
  const sequences = tf.tensor3d([1, 3, 9, 9, 5, 7, 9, 9], [2, 4, 1]);

  it('keeps padding out of the statistics', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.masking({ maskValue: 9, inputShape: [4, 1] }),
        new BatchNormalization({ center: false, scale: false, momentum: 0 }),
      ],
    });
    model.apply(sequences, { training: true });
    const [mean, variance] = model.getWeights().map((weight) => weight.dataSync()[0]!);
    expect([mean, variance]).toEqual([4, 5]);
  });

  it('changes nothing in inference', () => {
    const layer = new BatchNormalization();
    const mask = tf.ones([2, 4], 'bool');
    const without = (layer.apply(sequences) as tf.Tensor).dataSync();
    expectClose((layer.apply(sequences, { mask }) as tf.Tensor).dataSync(), without, 1e-9);
  });
});
