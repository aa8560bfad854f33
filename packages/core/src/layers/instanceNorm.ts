/** InstanceNorm as a layer, with running statistics if it is told to keep them. */
import * as tf from '@tensorflow/tfjs-core';
import { runForward } from '../dispatch/calls.js';
import { offTape } from '../dispatch/tape.js';
import { OptionError, ShapeError } from '../errors.js';
import { normalized } from '../functions/arguments.js';
import { runInference } from '../functions/batchNorm.js';
import { createAffine, NormalizationLayer } from '../normalization.js';
import { checkBoolean, checkInput, checkKeys, checkMomentum, checkPositiveInteger } from '../options.js';
import { RunningStatistics, type VarianceEstimate } from '../statistics/runningStatistics.js';
import { batchNormView, elementsPerStatistic, formatShape, instanceNormView } from '../view.js';
import { checkVarianceEstimate } from './batchNormOptions.js';
import { type ChannelOptions, channelKeys, checkChannelOptions } from './groupNorm.js';

/** Options of `InstanceNorm`; not affine and without running statistics by default. */
export interface InstanceNormOptions extends ChannelOptions {
  /** Number of channels C. */
  numFeatures: number;
  /** Keep running statistics, and normalize with them at inference. Default false. */
  trackRunningStats?: boolean | undefined;
  /** Weight in [0, 1] that the old running value keeps at each step, or null for the average over all steps. Default 0.9. */
  momentum?: number | null | undefined;
  /** Default 'unbiased', as in PyTorch. */
  varianceEstimate?: VarianceEstimate | undefined;
}

/** Keys of `InstanceNormOptions`. */
export const instanceNormOptionKeys: readonly string[] = [
  ...channelKeys,
  'numFeatures',
  'trackRunningStats',
  'momentum',
  'varianceEstimate',
];

function checkOptions(options: InstanceNormOptions) {
  const name = 'InstanceNorm';
  checkKeys(name, options, instanceNormOptionKeys);
  return {
    ...checkChannelOptions(name, options, false),
    numFeatures: checkPositiveInteger(name, 'numFeatures', options.numFeatures),
    trackRunningStats: checkBoolean(name, 'trackRunningStats', options.trackRunningStats, false),
    momentum: checkMomentum(name, options.momentum),
    varianceEstimate: checkVarianceEstimate(name, options.varianceEstimate),
  };
}

/** Options of `InstanceNorm.apply`. */
export interface InstanceNormApplyOptions {
  /**
   * Normalize with the statistics of x, and move the running ones (true), or with the running statistics (false). A layer without
   * running statistics has no use for it.
   */
  training?: boolean | undefined;
}

/**
 * Instance normalization over x of shape `[N, C]` or `[N, C, ...spatial]` (channels last: `[N, ...spatial, C]`): one mean and
 * biased variance per sample and channel. Not affine by default, as in PyTorch; gamma and beta have shape `[C]`.
 *
 * With `trackRunningStats` each step in training moves the running statistics towards the average over the samples of the
 * statistics of the samples, and inference normalizes with them, as PyTorch does with `track_running_stats=True`.
 *
 * Ulyanov, Vedaldi and Lempitsky, "Instance Normalization" (2016).
 *
 * @example
 * ```ts
 * const norm = new InstanceNorm({ numFeatures: 2 });
 * console.log(norm.apply(tf.tensor3d([[[1, 3], [10, 30]]])).round().toString()); // Tensor [[[-1, 1], [-1, 1]]]
 * ```
 */
export class InstanceNorm extends NormalizationLayer {
  /** `[C]`, 0 at the start; undefined if running statistics are not tracked. */
  readonly runningMean: tf.Variable | undefined;
  /** `[C]`, 1 at the start; undefined if running statistics are not tracked. */
  readonly runningVariance: tf.Variable | undefined;
  readonly #options: ReturnType<typeof checkOptions>;
  readonly #statistics: RunningStatistics | undefined;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: InstanceNormOptions) {
    const checked = checkOptions(options);
    const statistics = checked.trackRunningStats ? new RunningStatistics(checked) : undefined;
    super(
      'InstanceNorm',
      createAffine([checked.numFeatures], checked.affine),
      statistics && { running_mean: statistics.mean, running_var: statistics.variance },
      statistics?.batchesTracked,
    );
    this.#options = checked;
    this.#statistics = statistics;
    this.runningMean = statistics?.mean;
    this.runningVariance = statistics?.variance;
  }

  /**
   * Normalizes x. A layer with running statistics must be told whether it is in training.
   *
   * @throws ShapeError for a wrong rank or channel count, or a single value per sample and channel in training with running
   * statistics; OptionError if `training` is missing there; DtypeError, BackendError, DisposedError.
   */
  override apply<T extends tf.Tensor>(x: T, options: InstanceNormApplyOptions = {}): T {
    this.assertUsable();
    checkKeys('InstanceNorm.apply', options, ['training']);
    const { epsilon, dataFormat, numFeatures } = this.#options;
    const { shape } = checkInput('InstanceNorm', 'x', x);
    const attributes = { view: instanceNormView(shape, dataFormat, numFeatures), epsilon };
    const { gamma, beta } = this;
    const statistics = this.#statistics;
    if (statistics === undefined) return normalized({ x, gamma, beta, attributes });
    if (typeof options.training !== 'boolean') {
      throw new OptionError(
        'InstanceNorm: apply(x, { training }) with running statistics needs training: true (normalize with the statistics of ' +
          `x) or false (with the running statistics), got ${String(options.training)}`,
      );
    }
    if (!options.training) {
      const view = batchNormView(shape, dataFormat);
      return runInference(x, statistics.mean, statistics.variance, gamma, beta, { view, epsilon });
    }
    const count = elementsPerStatistic(attributes.view);
    if (count < 2) {
      throw new ShapeError(
        'InstanceNorm in training with running statistics needs more than one value per sample and channel, got x of shape ' +
          formatShape(shape),
      );
    }
    if (x.size === 0) return normalized({ x, gamma, beta, attributes });
    return tf.tidy(() => {
      const [y, mean, variance] = runForward(x, gamma, beta, attributes);
      offTape(() => statistics.track({ mean: tf.mean(mean, 0), variance: tf.mean(variance, 0), count }));
      return y as T;
    });
  }
}
