/** Statistics in float64 of the part of a tensor that a mask leaves, to hold moving statistics against. */
import type * as tf from '@tensorflow/tfjs';

/**
 * Mean and biased variance per channel (axis -1 unless told otherwise), of the elements for which `counts` holds.
 *
 * @param counts of an element's index along every axis of x.
 */
export function statisticsOf(
  x: tf.Tensor,
  counts: (index: number[]) => boolean = () => true,
  axis = x.rank - 1,
): { mean: number[]; variance: number[] } {
  const values = x.dataSync();
  const { shape, strides } = x;
  const groups = Array.from({ length: shape[axis]! }, (): number[] => []);
  values.forEach((value, flat) => {
    const index = shape.map((size, i) => Math.floor(flat / (strides[i] ?? 1)) % size);
    if (counts(index)) groups[index[axis]!]!.push(value);
  });
  const mean = groups.map((group) => group.reduce((sum, value) => sum + value, 0) / group.length);
  const variance = groups.map(
    (group, c) => group.reduce((sum, value) => sum + (value - mean[c]!) ** 2, 0) / group.length,
  );
  return { mean, variance };
}

/** [moving mean, moving variance], which are the last batch's with momentum 0. */
export const movingOf = (layer: tf.layers.Layer): number[][] =>
  layer
    .getWeights()
    .slice(-2)
    .map((weight) => Array.from(weight.dataSync()));
