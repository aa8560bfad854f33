/** Models with weights that are not those of the start, folded and compared. */
import '@bn/cpu-ref';
import '@bn/wasm';
import '@bn/wasm-train';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { BatchNormalization, foldBatchNorms } from '../../src/index.js';

export type Symbolic = tf.SymbolicTensor;
type Layer = tf.layers.Layer;

/** A part of the largest output: the rounding of float32 over a few layers. */
export const TOLERANCE = 1e-5;

/** Weights that are not those of the start, whatever is trainable. */
export function randomize(model: tf.LayersModel): void {
  for (const [i, weight] of model.weights.entries()) {
    const isVariance = weight.originalName.endsWith('moving_variance');
    const value = tf.randomNormal(weight.shape as number[], 0, 0.5, 'float32', i + 1);
    (weight.read() as tf.Variable).assign(isVariance ? tf.add(tf.square(value), 0.1) : value);
  }
}

export const ours = (args = {}) => new BatchNormalization(args);
export const theirs = (args = {}) => tf.layers.batchNormalization(args);
export const makers = { 'of this package': ours, 'of tf.layers': theirs };
export const chain = (...layers: Layer[]) => tf.sequential({ layers });

/** Folds, and checks that the outputs are the same. */
export async function fold(model: tf.LayersModel, batch: tf.Tensor | tf.Tensor[], tolerance = TOLERANCE) {
  randomize(model);
  const result = await foldBatchNorms(model, { batch });
  const outputs = [model.predictOnBatch(batch)].flat();
  const largest = Math.max(1, ...outputs.map((output) => tf.max(tf.abs(output)).dataSync()[0]!));
  expect(result.largestDifference).toBeLessThan(tolerance * largest);
  return result;
}

const seed = tf.initializers.glorotNormal({ seed: 1 });
export const image = { inputShape: [6, 6, 3] };
export const first = { inputShape: [3, 6, 6], dataFormat: 'channelsFirst' as const };
export const conv = { filters: 4, kernelSize: 3, kernelInitializer: seed };
