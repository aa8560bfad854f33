/** BatchNorm as a layer: parameters, running statistics, and the choice between training and inference. */
import * as tf from '@tensorflow/tfjs-core';
import { offTape } from '../dispatch/tape.js';
import { OptionError, ShapeError } from '../errors.js';
import { runInference, runTraining } from '../functions/batchNorm.js';
import { groupOf } from '../group/checkReducer.js';
import { createAffine, NormalizationLayer } from '../normalization.js';
import { checkInput, checkKeys } from '../options.js';
import { checkMask } from '../statistics/mask.js';
import { RunningStatistics } from '../statistics/runningStatistics.js';
import { batchNormView, elementsPerStatistic, formatShape, type NormalizationView } from '../view.js';
import {
  type BatchNormOptions,
  type CheckedBatchNormOptions,
  checkBatchNormOptions,
} from './batchNormOptions.js';

/** Options of `BatchNorm.apply`. */
export interface BatchNormApplyOptions {
  /** Normalize with the statistics of the batch, and move the running ones (true), or with the running statistics (false). */
  training: boolean;
  /**
   * What counts towards the statistics of the batch: bool, or float32 weights that are not negative, in the shape of x without its
   * channel axis, or a leading part of that (`[N]`: samples; `[N, ...spatial]`: positions), or in that of x (a weight for each
   * element). By default all of x does. The running statistics have no use for it.
   */
  mask?: tf.Tensor | undefined;
}

const applyKeys = ['training', 'mask'];

/**
 * Batch normalization over x of shape `[N, C]` or `[N, C, ...spatial]` (channels last: `[N, ...spatial, C]`), rank 2 to 5:
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel.
 *
 * In training, mean and biased variance are those of the batch, and each step moves the running statistics:
 * running = momentum * running + (1 - momentum) * batch. In inference they are the running statistics.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta, \qquad r \leftarrow \mathit{momentum} \cdot r + (1 - \mathit{momentum}) \cdot \mathit{batch}
 * ```
 *
 * The state dict has `weight`, `bias`, `running_mean`, `running_var` and `num_batches_tracked` (int32), as far as the
 * options ask for them.
 *
 * Ioffe and Szegedy, "Batch Normalization" (2015), algorithms 1 and 2.
 *
 * @example
 * ```ts
 * const norm = new BatchNorm({ numFeatures: 2, momentum: 0.9 });
 * norm.apply(tf.tensor2d([[1, 10], [3, 30]]), { training: true });
 * console.log(norm.runningMean!.mul(10).round().toString()); // Tensor [2, 20]
 * ```
 */
export class BatchNorm extends NormalizationLayer {
  /** `[C]`, 0 at the start; undefined if running statistics are not tracked. */
  readonly runningMean: tf.Variable | undefined;
  /** `[C]`, 1 at the start; undefined if running statistics are not tracked. */
  readonly runningVariance: tf.Variable | undefined;
  /** The options that the layer was made with, defaults filled in. */
  readonly options: CheckedBatchNormOptions;

  readonly #statistics: RunningStatistics | undefined;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: BatchNormOptions) {
    const checked = checkBatchNormOptions('BatchNorm', options);
    const statistics = checked.trackRunningStats ? new RunningStatistics(checked) : undefined;
    super(
      'BatchNorm',
      createAffine([checked.numFeatures], checked.affine),
      statistics && { running_mean: statistics.mean, running_var: statistics.variance },
      statistics?.batchesTracked,
    );
    this.options = checked;
    this.#statistics = statistics;
    this.runningMean = statistics?.mean;
    this.runningVariance = statistics?.variance;
  }

  /**
   * Normalizes x. There is no default for `training`: forgetting it is the classic batch-norm bug.
   *
   * With `training: false` it is differentiable in x, gamma and beta too, the running statistics held fixed: fine-tuning
   * with frozen statistics.
   *
   * A mask w keeps what has weight 0 out of the statistics of the batch, whatever its value; y is normalized everywhere. The
   * running variance is corrected by sum(w)/(sum(w)-1) if it is unbiased and sum(w) > 1. If all weights are 0, mean and
   * variance are 0, y = x / sqrt(epsilon) * gamma + beta, and the running statistics stay as they are.
   *
   * With a reducer, `training: true` takes the statistics of the batches of all members of its group, as `batchNorm` describes
   * it, and moves the running statistics by them, to the same bits on every member. `training: false` never communicates.
   *
   * @throws ShapeError for a wrong rank or channel count, a mask that does not fit x, or fewer than two values per channel
   * in training (with a reducer: in all, on every member); DtypeError for a dtype other than float32; OptionError if
   * `training` is missing or another option given; BackendError with a reducer
   * where the current tfjs backend cannot be read without waiting; ReducerError, on every member, if the members differ in their number
   * of channels; DisposedError after `dispose()`.
   */
  override apply<T extends tf.Tensor>(x: T, options: BatchNormApplyOptions): T {
    const view = this.#checkCall(x, options);
    const mask = checkMask('BatchNorm', options.mask, x, this.options.dataFormat);
    const attributes = { view, epsilon: this.options.epsilon };
    const { gamma, beta } = this;
    const statistics = this.#statistics;
    if (!options.training && statistics !== undefined) {
      return runInference(x, statistics.mean, statistics.variance, gamma, beta, attributes);
    }
    const group = options.training ? groupOf(this.options.reducer) : undefined;
    return tf.tidy(() => {
      const [y, mean, variance, counted] = runTraining(x, gamma, beta, attributes, mask, group);
      if (statistics !== undefined) {
        const count = counted ?? elementsPerStatistic(view);
        offTape(() => statistics.track({ mean, variance, count }));
      }
      return y as T;
    });
  }

  /**
   * What the functions of this package that read or set running statistics work on; undefined if none are tracked.
   *
   * @internal
   * @throws DisposedError after `dispose()`.
   */
  usableStatistics(): RunningStatistics | undefined {
    this.assertUsable();
    return this.#statistics;
  }

  #checkCall(x: tf.Tensor, options: BatchNormApplyOptions): NormalizationView {
    this.assertUsable();
    if (typeof options?.training !== 'boolean') {
      throw new OptionError(
        `BatchNorm: apply(x, { training }) needs training: true (normalize with the batch's statistics) or false ` +
          `(with the running statistics), got ${String(options?.training)}`,
      );
    }
    checkKeys('BatchNorm.apply', options, applyKeys);
    checkInput('BatchNorm', 'x', x);
    const { rank, dataFormat, numFeatures } = this.options;
    if (rank !== undefined && x.rank !== rank) {
      throw new ShapeError(
        `BatchNorm: x must have rank ${rank}, got rank ${x.rank}, shape ${formatShape(x.shape)}`,
      );
    }
    return batchNormView(x.shape, dataFormat, numFeatures);
  }
}
