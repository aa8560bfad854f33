/** What a model predicts, as numbers. */
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { toList } from '../graph/calls.js';

/** The values of all outputs for one batch. */
export async function outputsOf(
  model: tfl.LayersModel,
  batch: tf.Tensor | tf.Tensor[],
): Promise<ArrayLike<number>[]> {
  const outputs = tf.tidy(() => toList(model.predictOnBatch(batch)));
  try {
    return await Promise.all(outputs.map((output) => output.data()));
  } finally {
    tf.dispose(outputs);
  }
}

/** The largest absolute difference; NaN if either is NaN where the other is a number. */
export function largestDifference(
  expected: readonly ArrayLike<number>[],
  got: readonly ArrayLike<number>[],
): number {
  let largest = 0;
  expected.forEach((values, output) => {
    for (let i = 0; i < values.length; i++) {
      const [a, b] = [values[i]!, got[output]![i]!];
      // Infinities of one sign, and NaN in both, are no difference.
      if (!Object.is(a, b) && a !== b) largest = Math.max(largest, Math.abs(a - b));
    }
  });
  return largest;
}
