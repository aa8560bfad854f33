/** BatchNorm as a layer: parameters, running statistics, and the choice between training and inference. */
import * as tf from '@tensorflow/tfjs-core';
import { OptionError, ShapeError } from '../errors.js';
import { runInference, runTraining } from '../functions/batchNorm.js';
import { runMovingAverage } from '../kernels.js';
import { type Counter, createAffine, NormalizationLayer } from '../normalization.js';
import {
  checkBoolean,
  checkChoice,
  checkDataFormat,
  checkEpsilon,
  checkInput,
  checkKeys,
  checkMomentum,
  checkPositiveInteger,
} from '../options.js';
import { offTape } from '../tape.js';
import {
  batchNormView,
  type DataFormat,
  elementsPerStatistic,
  formatShape,
  type NormalizationView,
} from '../view.js';

/** Which variance of the batch goes into the running variance: m/(m-1) times the biased one, or the biased one. */
export type VarianceEstimate = 'unbiased' | 'biased';

/** Options of `BatchNorm`. */
export interface BatchNormOptions {
  /** Number of channels C. */
  numFeatures: number;
  /** Added to the variance under the root; positive. Default 1e-5. */
  epsilon?: number | undefined;
  /**
   * Weight in [0, 1] that the old running value keeps at each step (TensorFlow's convention; PyTorch's momentum is one
   * minus this), or null for the cumulative average over all steps. Default 0.9.
   */
  momentum?: number | null | undefined;
  /** Learn gamma and beta. Default true. */
  affine?: boolean | undefined;
  /** Keep running statistics for inference. Without them inference normalizes with the batch's own. Default true. */
  trackRunningStats?: boolean | undefined;
  /** Default 'unbiased', as the original paper and PyTorch have it. */
  varianceEstimate?: VarianceEstimate | undefined;
  /** Where the channel axis of x is. Default 'channelsFirst'. */
  dataFormat?: DataFormat | undefined;
  /** The one rank of x to accept (2 to 5). By default all of them are accepted. */
  rank?: number | undefined;
}

/** Keys of `BatchNormOptions`. */
export const batchNormOptionKeys: readonly string[] = [
  'numFeatures',
  'epsilon',
  'momentum',
  'affine',
  'trackRunningStats',
  'varianceEstimate',
  'dataFormat',
  'rank',
];

const checkVarianceEstimate = (name: string, value: VarianceEstimate = 'unbiased'): VarianceEstimate =>
  checkChoice(name, 'varianceEstimate', value, ['unbiased', 'biased']);

function checkOptions(name: string, options: BatchNormOptions) {
  checkKeys(name, options, batchNormOptionKeys);
  if (options.rank !== undefined && ![2, 3, 4, 5].includes(options.rank)) {
    throw new OptionError(`${name}: rank must be 2, 3, 4 or 5, got ${options.rank}`);
  }
  return {
    numFeatures: checkPositiveInteger(name, 'numFeatures', options.numFeatures),
    epsilon: checkEpsilon(name, options.epsilon),
    momentum: checkMomentum(name, options.momentum),
    affine: checkBoolean(name, 'affine', options.affine, true),
    trackRunningStats: checkBoolean(name, 'trackRunningStats', options.trackRunningStats, true),
    varianceEstimate: checkVarianceEstimate(name, options.varianceEstimate),
    dataFormat: checkDataFormat(name, options.dataFormat),
    rank: options.rank,
  };
}

function createRunningStatistics(numFeatures: number) {
  return tf.tidy(() => ({
    running_mean: tf.variable(tf.zeros([numFeatures]), false),
    running_var: tf.variable(tf.ones([numFeatures]), false),
  }));
}

/**
 * Batch normalization over x of shape `[N, C]` or `[N, C, ...spatial]` (channels last: `[N, ...spatial, C]`), rank 2 to 5:
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel.
 *
 * In training, mean and biased variance are those of the batch, and each step moves the running statistics:
 * running = momentum * running + (1 - momentum) * batch. In inference they are the running statistics.
 *
 * The state dict has `weight`, `bias`, `running_mean`, `running_var` and `num_batches_tracked` (int32), as far as the
 * options ask for them.
 *
 * Ioffe and Szegedy, "Batch Normalization" (2015), algorithms 1 and 2.
 */
export class BatchNorm extends NormalizationLayer {
  /** `[C]`, 0 at the start; undefined where running statistics are not tracked. */
  readonly runningMean: tf.Variable | undefined;
  /** `[C]`, 1 at the start; undefined where running statistics are not tracked. */
  readonly runningVariance: tf.Variable | undefined;

  readonly #options: ReturnType<typeof checkOptions>;
  readonly #batchesTracked: Counter;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: BatchNormOptions) {
    const checked = checkOptions('BatchNorm', options);
    const batchesTracked = { key: 'num_batches_tracked', value: 0 };
    const buffers = checked.trackRunningStats ? createRunningStatistics(checked.numFeatures) : undefined;
    super(
      'BatchNorm',
      createAffine([checked.numFeatures], checked.affine),
      buffers,
      buffers && batchesTracked,
    );
    this.#options = checked;
    this.#batchesTracked = batchesTracked;
    this.runningMean = buffers?.running_mean;
    this.runningVariance = buffers?.running_var;
  }

  /**
   * Normalizes x. There is no default for `training`: forgetting it is the classic batch-norm bug.
   *
   * @throws ShapeError for a wrong rank or channel count, or fewer than two values per channel in training;
   * DtypeError for a dtype other than float32; OptionError where `training` is missing or another option given;
   * BackendError where the current tfjs backend has no normalization kernels; DisposedError after `dispose()`.
   */
  override apply<T extends tf.Tensor>(x: T, options: { training: boolean }): T {
    const view = this.#checkCall(x, options);
    const attributes = { view, epsilon: this.#options.epsilon };
    const { gamma, beta, runningMean, runningVariance } = this;
    if (!options.training && runningMean && runningVariance) {
      return runInference(x, runningMean, runningVariance, gamma, beta, attributes);
    }
    return tf.tidy(() => {
      const [y, mean, variance] = runTraining(x, gamma, beta, attributes);
      if (runningMean && runningVariance) {
        offTape(() => this.#track(elementsPerStatistic(view), runningMean, mean, runningVariance, variance));
      }
      return y as T;
    });
  }

  #checkCall(x: tf.Tensor, options: { training: boolean }): NormalizationView {
    this.assertUsable();
    if (typeof options?.training !== 'boolean') {
      throw new OptionError(
        `BatchNorm: apply(x, { training }) needs training: true (normalize with the batch's statistics) or false ` +
          `(with the running statistics), got ${String(options?.training)}`,
      );
    }
    checkKeys('BatchNorm.apply', options, ['training']);
    checkInput('BatchNorm', 'x', x);
    const { rank, dataFormat, numFeatures } = this.#options;
    if (rank !== undefined && x.rank !== rank) {
      throw new ShapeError(
        `BatchNorm: x must have rank ${rank}, got rank ${x.rank}, shape ${formatShape(x.shape)}`,
      );
    }
    return batchNormView(x.shape, dataFormat, numFeatures);
  }

  /** running = keep * running + (1 - keep) * batch, the batch's variance scaled by m/(m-1) where unbiased. */
  #track(
    count: number,
    runningMean: tf.Variable,
    mean: tf.Tensor,
    runningVariance: tf.Variable,
    variance: tf.Tensor,
  ): void {
    const { momentum, varianceEstimate } = this.#options;
    const batches = this.#batchesTracked.value + 1;
    const keep = momentum ?? (batches - 1) / batches;
    const correction = varianceEstimate === 'unbiased' ? count / (count - 1) : 1;
    const newMean = runMovingAverage(runningMean, mean, keep, 1 - keep);
    const newVariance = runMovingAverage(runningVariance, variance, keep, (1 - keep) * correction);
    runningMean.assign(newMean);
    runningVariance.assign(newVariance);
    this.#batchesTracked.value = batches;
  }
}
