/** The running statistics of one BatchNorm layer, and how a batch moves them. */
import * as tf from '@tensorflow/tfjs-core';
import { runMovingAverage } from '../dispatch/calls.js';
import type { Counter } from '../stateDict.js';

/** Mean and biased variance per channel, of as many values as `count` says: a number, or a sum of weights per channel or for all. */
export interface BatchStatistics {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly count: number | tf.Tensor;
}

/** Which variance of the batch goes into the running variance: m/(m-1) times the biased one, or the biased one. */
export type VarianceEstimate = 'unbiased' | 'biased';

interface Options {
  readonly numFeatures: number;
  /** Weight that the old value keeps, or null for the cumulative average. */
  readonly momentum: number | null;
  readonly varianceEstimate: VarianceEstimate;
  readonly skipNonFiniteBatches?: boolean;
}

export class RunningStatistics {
  /** `[C]`, 0 at the start. */
  readonly mean: tf.Variable;
  /** `[C]`, 1 at the start. */
  readonly variance: tf.Variable;
  readonly batchesTracked: Counter = { key: 'num_batches_tracked', value: 0 };
  /** Takes the statistics of batches while it is set; the running ones then stay as they are. */
  collector: ((batch: BatchStatistics) => void) | undefined;

  constructor(readonly options: Options) {
    this.mean = tf.tidy(() => tf.variable(tf.zeros([options.numFeatures]), false));
    this.variance = tf.tidy(() => tf.variable(tf.ones([options.numFeatures]), false));
  }

  /** running = keep * running + (1 - keep) * batch. For use in tidy, off the tape. */
  track(batch: BatchStatistics): void {
    if (this.collector !== undefined) {
      this.collector(batch);
      return;
    }
    const { momentum } = this.options;
    const batches = this.batchesTracked.value + 1;
    const keep = momentum ?? (batches - 1) / batches;
    if (typeof batch.count === 'number') this.#move(batch.mean, batch.variance, batch.count, keep);
    else this.#moveWeighted(batch.mean, batch.variance, batch.count, keep);
    this.batchesTracked.value = batches;
  }

  /** What turns the biased variance of count values into the one to keep. */
  correction(count: number): number {
    return this.options.varianceEstimate === 'unbiased' ? count / (count - 1) : 1;
  }

  #move(mean: tf.Tensor, variance: tf.Tensor, count: number, keep: number): void {
    const newMean = runMovingAverage(this.mean, mean, keep, 1 - keep);
    const newVariance = runMovingAverage(this.variance, variance, keep, (1 - keep) * this.correction(count));
    this.#assign(newMean, newVariance);
  }

  /** As `#move`; a weight of 0 moves nothing, and one of at most 1 leaves the variance as it is, since 1 / 0 corrects nothing. */
  #moveWeighted(mean: tf.Tensor, variance: tf.Tensor, weight: tf.Tensor, keep: number): void {
    const one = tf.onesLike(weight);
    const unbiased = tf.where(tf.greater(weight, 1), tf.div(weight, tf.sub(weight, 1)), one);
    const correction = this.options.varianceEstimate === 'unbiased' ? unbiased : one;
    const some = tf.greater(weight, 0);
    const newMean = runMovingAverage(this.mean, mean, keep, 1 - keep);
    const newVariance = runMovingAverage(this.variance, tf.mul(variance, correction), keep, 1 - keep);
    this.#assign(tf.where(some, newMean, this.mean), tf.where(some, newVariance, this.variance));
  }

  /** Nothing is read back to decide: the choice between old and new is made where the tensors are. */
  #assign(mean: tf.Tensor, variance: tf.Tensor): void {
    const skip = this.options.skipNonFiniteBatches;
    const finite = skip ? allFinite(mean, variance) : undefined;
    this.mean.assign(finite ? tf.where(finite, mean, this.mean) : mean);
    this.variance.assign(finite ? tf.where(finite, variance, this.variance) : variance);
  }
}

/** For each channel, whether every channel of both is finite. */
function allFinite(mean: tf.Tensor, variance: tf.Tensor): tf.Tensor {
  const finite = tf.logicalAnd(tf.isFinite(mean), tf.isFinite(variance));
  return tf.greater(tf.add(tf.zerosLike(mean), tf.min(tf.cast(finite, 'float32'))), 0);
}
