/** What a BatchNorm layer can be told, and the checks of it. */
import { OptionError } from '../errors.js';
import { checkReducer } from '../group/checkReducer.js';
import type { Reducer } from '../group/reducer.js';
import {
  checkBoolean,
  checkChoice,
  checkDataFormat,
  checkEpsilon,
  checkKeys,
  checkMomentum,
  checkPositiveInteger,
} from '../options.js';
import type { VarianceEstimate } from '../statistics/runningStatistics.js';
import type { DataFormat } from '../view.js';

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
  /**
   * Leave the running statistics as they are at a batch with a mean or variance that is NaN or infinite, in any channel. They would
   * otherwise stay so for good. y is computed as usual, and `num_batches_tracked` counts the batch. Default false.
   */
  skipNonFiniteBatches?: boolean | undefined;
  /** Where the channel axis of x is. Default 'channelsFirst'. */
  dataFormat?: DataFormat | undefined;
  /** The one rank of x to accept (2 to 5). By default all of them are accepted. */
  rank?: number | undefined;
  /**
   * The group of processes over whose batches the statistics of training are taken ("SyncBatchNorm"). Every member must make the
   * same calls, in the same order. By default only x is there.
   */
  reducer?: Reducer | undefined;
}

/** Keys of `BatchNormOptions`. */
export const batchNormOptionKeys: readonly string[] = [
  'numFeatures',
  'epsilon',
  'momentum',
  'affine',
  'trackRunningStats',
  'varianceEstimate',
  'skipNonFiniteBatches',
  'dataFormat',
  'rank',
  'reducer',
];

export const checkVarianceEstimate = (name: string, value: VarianceEstimate = 'unbiased'): VarianceEstimate =>
  checkChoice(name, 'varianceEstimate', value, ['unbiased', 'biased']);

/** `BatchNormOptions` with all defaults filled in. */
export type CheckedBatchNormOptions = Readonly<ReturnType<typeof checkBatchNormOptions>>;

/** @throws OptionError that names the option, what it got and what it takes. */
export function checkBatchNormOptions(name: string, options: BatchNormOptions) {
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
    skipNonFiniteBatches: checkBoolean(name, 'skipNonFiniteBatches', options.skipNonFiniteBatches, false),
    dataFormat: checkDataFormat(name, options.dataFormat),
    rank: options.rank,
    reducer: checkReducer(name, options.reducer),
  };
}
