/** What the gradients of a group have in common. */
import * as tf from '@tensorflow/tfjs-core';
import { runNormalize } from '../dispatch/calls.js';
import type { KernelAttributes } from '../dispatch/names.js';
import { isRecording, offTape } from '../dispatch/tape.js';
import { ReducerError } from '../errors.js';
import { zeroWhereUnused } from '../statistics/weightedMoments.js';
import type { Reducer } from './reducer.js';
import { readInto } from './values.js';

/** Two tensors of shape `[C]`, summed over all members and divided by the counts; 0 if nothing counts. One round trip. */
export function averages(
  first: tf.Tensor,
  second: tf.Tensor,
  counts: Float64Array,
  reducer: Reducer,
): [Float64Array, Float64Array] {
  const channels = counts.length;
  const sums = new Float64Array(2 * channels);
  readInto(sums, [first, second]);
  reducer.allReduceSum(sums);
  for (let i = 0; i < sums.length; i++) {
    const count = counts[i % channels]!;
    sums[i] = count > 0 ? sums[i]! / count : 0;
  }
  return [sums.subarray(0, channels), sums.subarray(channels)];
}

/** weights * ((x - mean) * rstd * slope + offset): the gradient that reaches x through the moments. */
export function throughMoments(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  offset: tf.Tensor,
  slope: tf.Tensor,
  weights: tf.Tensor | undefined,
  attributes: KernelAttributes,
): tf.Tensor {
  if (weights === undefined) return runNormalize(x, mean, variance, slope, offset, attributes);
  const counted = zeroWhereUnused(x, weights);
  return tf.mul(weights, runNormalize(counted, mean, variance, slope, offset, attributes));
}

/**
 * The gradients that f computes from inputs, off the tape. The tape knows nothing of what other members add to them, so that their
 * own gradients would silently be wrong: those are refused.
 */
export function differentiableOnce(inputs: readonly tf.Tensor[], f: () => tf.Tensor[]): tf.Tensor[] {
  const gradients = offTape(() => tf.tidy(f));
  if (!isRecording()) return gradients;
  return gradients.map((value) =>
    tf.customGrad(() => ({ value, gradFunc: refuseSecondGradient }))(...inputs),
  );
}

function refuseSecondGradient(): never {
  throw new ReducerError(
    'BatchNorm: gradients of gradients are not computed over a group; leave out the reducer for those of one process',
  );
}

/** Tensors that may be left out, without those that are. */
export const givenOf = (tensors: readonly (tf.Tensor | undefined)[]): tf.Tensor[] =>
  tensors.filter((tensor) => tensor !== undefined);
