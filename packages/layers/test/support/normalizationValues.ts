/** Values of tensors and layers, and what Normalization must find in data. */
import type * as tf from '@tensorflow/tfjs';

export const valuesOf = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

/** Mean and biased variance of numbers, in float64. */
export function statisticsOf(values: number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}
