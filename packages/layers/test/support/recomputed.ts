/** Data of several batches for models with batch norm, and the statistics that they must have then. */
import * as tf from '@tensorflow/tfjs';
import { expectClose, sample } from './compare.js';
import { randomize } from './folding.js';
import { statisticsOf } from './statistics.js';
import { steps } from './wholeModels.js';

type Layer = tf.layers.Layer;

/** Batches of different sizes and offsets. */
export const batches = () => [5, 2, 3].map((size, i) => tf.add(sample([size, steps, 3], i + 1), i));
export const all = () => tf.concat(batches());
export const valuesOf = (layer: Layer) => layer.weights.map((weight) => [...weight.read().dataSync()]);
export const movingOf = (layer: Layer) => valuesOf(layer).slice(-2);
export const expectStatistics = (layer: Layer, x: tf.Tensor, tolerance = 2e-5) => {
  const { mean, variance } = statisticsOf(x);
  expectClose(movingOf(layer)[0]!, mean, tolerance);
  expectClose(movingOf(layer)[1]!, variance, tolerance);
};
export const random = <M extends tf.LayersModel>(model: M): M => {
  randomize(model);
  return model;
};
