/** Gathers the statistics of the batches that one layer sees, in the place of its moving statistics. */
import { PopulationMoments } from '@bn/core/statistics';
import * as tf from '@tensorflow/tfjs-core';

/** Of one call, per channel. */
export interface BatchStatistics {
  readonly mean: tf.Tensor;
  /** Biased. */
  readonly variance: tf.Tensor;
  /** Values behind each, or the sum of their weights: for all channels or `[C]`. */
  readonly count: number | tf.Tensor;
}

export class StatisticsCollector {
  readonly moments: PopulationMoments;
  /** Whether no mask has left anything out. */
  isWhole = true;
  #pending: BatchStatistics[] = [];

  constructor(channels: number) {
    this.moments = new PopulationMoments(channels);
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
      const counts = typeof count === 'number' ? count : await count.data();
      const isForAll = typeof counts !== 'number' && counts.length === 1;
      this.moments.add(await mean.data(), await variance.data(), isForAll ? counts[0]! : counts);
    }
    this.free();
  }

  free(): void {
    tf.dispose(this.#pending.flatMap(tensorsOf));
    this.#pending = [];
  }
}

const tensorsOf = (batch: BatchStatistics): tf.Tensor[] =>
  Object.values(batch).filter((value) => value instanceof tf.Tensor);
