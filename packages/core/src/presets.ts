/** Layers with each framework's defaults and conventions in one word. */
import { OptionError } from './errors.js';
import { BatchNorm } from './layers/batchNorm.js';
import { type BatchNormOptions, batchNormOptionKeys } from './layers/batchNormOptions.js';
import { InstanceNorm, type InstanceNormOptions, instanceNormOptionKeys } from './layers/instanceNorm.js';
import { RMSNorm, type RMSNormOptions } from './layers/layerNorm.js';
import { checkKeys, checkMomentum } from './options.js';

type PresetOptions = Omit<BatchNormOptions, 'varianceEstimate'>;

/** Refuses what the preset itself decides, besides what no BatchNorm knows. */
function checkPresetKeys(
  name: string,
  options: object,
  decided: readonly string[],
  added: readonly string[] = [],
) {
  checkKeys(name, options, [...added, ...batchNormOptionKeys.filter((key) => !decided.includes(key))]);
}

/**
 * torch.nn.BatchNorm1d/2d/3d: epsilon 1e-5, unbiased running variance, channels first, and PyTorch's own momentum: the
 * weight in [0, 1] that the new value gets (default 0.1), or null for the cumulative average.
 *
 * @throws OptionError as `new BatchNorm`.
 */
export function torchBatchNorm(options: PresetOptions): BatchNorm {
  checkPresetKeys('torchBatchNorm', options, ['varianceEstimate']);
  const momentum = torchMomentum('torchBatchNorm', options.momentum);
  return new BatchNorm({ ...options, momentum, varianceEstimate: 'unbiased' });
}

/** The weight of the old value, of PyTorch's, which is that of the new one. */
function torchMomentum(name: string, momentum: number | null = 0.1): number | null {
  const newWeight = checkMomentum(name, momentum, 'the weight the new value gets');
  return newWeight === null ? null : 1 - newWeight;
}

/** Options of `torchInstanceNorm`. */
export type TorchInstanceNormOptions = Omit<InstanceNormOptions, 'varianceEstimate'>;

/**
 * torch.nn.InstanceNorm1d/2d/3d: epsilon 1e-5, not affine and without running statistics unless told otherwise
 * (`affine`, `trackRunningStats`), unbiased running variance, channels first, and PyTorch's own momentum: the weight in [0, 1] that
 * the new value gets (default 0.1), or null for the cumulative average.
 *
 * @throws OptionError as `new InstanceNorm`.
 */
export function torchInstanceNorm(options: TorchInstanceNormOptions): InstanceNorm {
  const keys = instanceNormOptionKeys.filter((key) => key !== 'varianceEstimate');
  checkKeys('torchInstanceNorm', options, keys);
  const momentum = torchMomentum('torchInstanceNorm', options.momentum);
  return new InstanceNorm({ ...options, momentum, varianceEstimate: 'unbiased' });
}

/**
 * torch.nn.RMSNorm: epsilon is by default that of float32, torch.finfo(torch.float32).eps = 2^-23, about 1.19e-7.
 *
 * @throws OptionError as `new RMSNorm`.
 */
export function torchRMSNorm(options: RMSNormOptions): RMSNorm {
  checkKeys('torchRMSNorm', options, ['normalizedShape', 'epsilon', 'affine']);
  const { epsilon = 2 ** -23 } = options;
  return new RMSNorm({ ...options, epsilon });
}

/**
 * keras.layers.BatchNormalization: epsilon 1e-3, momentum 0.99 (the weight the old value keeps), biased running variance,
 * channels last.
 *
 * @throws OptionError as `new BatchNorm`.
 */
export function kerasBatchNorm(options: PresetOptions): BatchNorm {
  checkPresetKeys('kerasBatchNorm', options, ['varianceEstimate']);
  const { epsilon = 1e-3, momentum = 0.99, dataFormat = 'channelsLast' } = options;
  return new BatchNorm({ ...options, epsilon, momentum, dataFormat, varianceEstimate: 'biased' });
}

/** Options of `d2lBatchNorm`. */
export interface D2lBatchNormOptions extends Omit<PresetOptions, 'rank'> {
  /** Rank of x: 2 for features `[N, C]`, 4 for images `[N, C, H, W]`. */
  numDims: 2 | 4;
}

/**
 * The BatchNorm that "Dive into Deep Learning" writes from scratch: epsilon 1e-5, momentum 0.9 (the weight the old value
 * keeps), biased running variance, channels first; x must have rank `numDims`.
 *
 * @throws OptionError as `new BatchNorm`, and if numDims is neither 2 nor 4.
 */
export function d2lBatchNorm(options: D2lBatchNormOptions): BatchNorm {
  checkPresetKeys('d2lBatchNorm', options, ['varianceEstimate', 'rank'], ['numDims']);
  const { numDims, ...rest } = options;
  if (numDims !== 2 && numDims !== 4) {
    throw new OptionError(`d2lBatchNorm: numDims must be 2 (features) or 4 (images), got ${String(numDims)}`);
  }
  return new BatchNorm({ ...rest, rank: numDims, varianceEstimate: 'biased' });
}
