/** What a program sees of the group that its process is a member of. */
import type { Reducer } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Agreed } from './agree.js';

/** A part of something that is shared out: `start` to `end`, without `end`. */
export interface Shard {
  readonly start: number;
  readonly end: number;
}

/**
 * The processes that were started together. All functions but `shard`, `lossScale` and `abort` are for all members together: each
 * calls the same ones in the same order, and each call blocks until all are there.
 */
export interface MpiGroup {
  /** Number of this process, from 0. */
  readonly rank: number;
  /** Number of processes. */
  readonly size: number;
  /** What the MPI library says of itself; undefined in a group of one that was started without MPI. */
  readonly library: string | undefined;
  /** For `new BatchNorm({ reducer })` and `convertSyncBatchNorm`: statistics over all members. */
  readonly reducer: Reducer;

  /** This member's part of `total`, for example of the rows of a batch: as equal as possible, the first ones get one more. */
  shard(total: number): Shard;

  /**
   * What to multiply the sum of the losses of a shard's rows by, so that the mean over the members is the mean over all `total`
   * rows: size / total. It belongs into the loss, before its gradient is taken, since batch norm with a reducer mixes the gradients
   * of the members; then shards of any size are exact, an empty one too.
   */
  lossScale(total: number): number;

  /** The mean of each gradient over the members, as new tensors; the same bits on each. The caller disposes both. */
  averageGradients(gradients: tf.NamedTensorMap): tf.NamedTensorMap;

  /**
   * An optimizer that averages the gradients over the members before `optimizer` takes its step: for `minimize`,
   * `applyGradients`, and `compile` and `fit` of tf.layers. Its `dispose()` disposes `optimizer`.
   */
  dataParallel(optimizer: tf.Optimizer): tf.Optimizer;

  /**
   * Gives every member the weights of one.
   *
   * @param weights variables in the same order everywhere, those that are not trained too
   * @throws ReducerError on every member if numbers, shapes or dtypes differ.
   */
  broadcastWeights(weights: readonly tf.Variable[], root?: number): void;

  /**
   * Returns if every member gives the same values: settings, seeds, the data's bytes, of which only a checksum travels.
   *
   * @throws AgreementError on every member; it names what differs, and which ranks have what.
   */
  agree(values: Readonly<Record<string, Agreed>>): void;

  /** Returns when all members have called it. */
  barrier(): void;

  /** Leaves the group. A process that ends with exit code 0 does it by itself. */
  finalize(): void;

  /** Ends all processes of the group; the error is printed with this rank. An error that nobody catches does it by itself. */
  abort(error: unknown, exitCode?: number): void;
}
