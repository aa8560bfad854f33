/** Batch normalization over a group for layers that keep statistics themselves. */
import * as tf from '@tensorflow/tfjs-core';
import { offTape } from '../dispatch/tape.js';
import { OptionError } from '../errors.js';
import { type BatchNormTrainingOptions, checkTrainingArguments } from '../functions/batchNorm.js';
import { runSynchronized } from './synchronized.js';

/** Result of `groupBatchNorm`. */
export interface GroupBatchNormResult<T extends tf.Tensor> {
  /** Normalized x. */
  readonly y: T;
  /** Mean over the group, `[C]`. It carries no gradient. */
  readonly mean: tf.Tensor1D;
  /** Biased variance over the group, `[C]`. It carries no gradient. */
  readonly variance: tf.Tensor1D;
  /** Values of each channel over the group; if masks leave something out, the sum of the weights per channel, `[C]`. */
  readonly count: number | tf.Tensor1D;
}

/**
 * As `batchNorm` with a reducer, with the count that unbiased variances need, and statistics that only move running ones: they
 * carry no gradients. In a group of one as well.
 *
 * @throws as `batchNorm`; OptionError without a reducer.
 */
export function groupBatchNorm<T extends tf.Tensor>(
  x: T,
  options: BatchNormTrainingOptions,
): GroupBatchNormResult<T> {
  const { gamma, beta, attributes, mask, reducer } = checkTrainingArguments('groupBatchNorm', x, options);
  if (reducer === undefined)
    throw new OptionError('groupBatchNorm: reducer must be a Reducer, got undefined');
  return tf.tidy(() => {
    const [y, mean, variance, count] = runSynchronized(x, gamma, beta, attributes, mask, reducer);
    // The tape holds mean and variance, and disposes of them.
    const [ownMean, ownVariance] = offTape(() => [tf.clone(mean), tf.clone(variance)]);
    return { y, mean: ownMean, variance: ownVariance, count } as never;
  });
}
