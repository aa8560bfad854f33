/** Tensors to test with, and comparison of tensors. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Values around 1 that repeat from run to run; another seed gives other values. */
export function sample(shape: readonly number[], seed = 1): tf.Tensor {
  return tf.randomNormal([...shape], 1, 1.5, 'float32', seed);
}

/** The largest difference, as a part of the expected value where that is above 1. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    largest = Math.max(largest, difference); // NaN if either is NaN, which is less than no tolerance
  }
  return largest;
}

export function expectClose(
  actual: tf.Tensor,
  expected: tf.Tensor | ArrayLike<number>,
  tolerance = 2e-5,
): void {
  const wanted = expected instanceof tf.Tensor ? expected.dataSync() : expected;
  expect(largestDifference(actual.dataSync(), wanted)).toBeLessThan(tolerance);
}

/** How many tensors f adds to those that tfjs keeps. */
export function tensorsAddedBy(f: () => unknown): number {
  const before = tf.memory().numTensors;
  f();
  return tf.memory().numTensors - before;
}
