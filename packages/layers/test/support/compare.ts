/** Comparison of numbers, and normalization composed of tfjs's ops to compare with. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** The largest difference, as a part of the expected value where that is above 1. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    largest = Math.max(largest, difference); // NaN if either is NaN, which is less than no tolerance
  }
  return largest;
}

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-5): void {
  expect(largestDifference(actual, expected)).toBeLessThan(tolerance);
}

export function sample(shape: number[], seed = 1): tf.Tensor {
  return tf.randomNormal(shape, 1, 1.5, 'float32', seed);
}

/** (x - mean) / sqrt(variance + epsilon) over these axes, by tfjs's moments; uncentered, x / sqrt(mean square + epsilon). */
export function normalized(x: tf.Tensor, axes: number[], epsilon: number, centered = true): tf.Tensor {
  return tf.tidy(() => {
    const { mean, variance } = centered
      ? tf.moments(x, axes, true)
      : { mean: tf.scalar(0), variance: tf.mean(tf.square(x), axes, true) };
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
  });
}
