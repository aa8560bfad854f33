/** Gathers the statistics of the batches that one layer sees, in the place of its running statistics. */
import * as tf from '@tensorflow/tfjs-core';
import { PopulationMoments } from './populationMoments.js';
import type { BatchStatistics } from './runningStatistics.js';

export class StatisticsCollector {
  readonly moments: PopulationMoments;
  /** Whether no mask has left anything out. */
  isWhole = true;
  readonly #skipsNonFinite: boolean;
  #pending: BatchStatistics[] = [];

  /** @param skipsNonFinite Leave out batches whose mean or variance is NaN or infinite. */
  constructor(channels: number, skipsNonFinite = false) {
    this.moments = new PopulationMoments(channels);
    this.#skipsNonFinite = skipsNonFinite;
  }

  /** Takes the statistics of a call, which is in a tidy. */
  add(batch: BatchStatistics): void {
    this.#pending.push(batch);
    this.isWhole &&= typeof batch.count === 'number';
    for (const tensor of tensorsOf(batch)) tf.keep(tensor);
  }

  /** Reads what came in, and frees it. */
  async merge(): Promise<void> {
    for (const { mean, variance, count } of this.#pending) {
      const [means, variances] = [await mean.data(), await variance.data()];
      if (this.#skipsNonFinite && ![...means, ...variances].every(Number.isFinite)) continue;
      const counts = typeof count === 'number' ? count : await count.data();
      const isForAll = typeof counts !== 'number' && counts.length === 1;
      this.moments.add(means, variances, isForAll ? counts[0]! : counts);
    }
    this.free();
  }

  free(): void {
    tf.dispose(this.#pending.flatMap(tensorsOf));
    this.#pending = [];
  }
}

const tensorsOf = ({ mean, variance, count }: BatchStatistics): tf.Tensor[] =>
  typeof count === 'number' ? [mean, variance] : [mean, variance, count];
