/** GroupNorm and InstanceNorm as layers. */
import type * as tf from '@tensorflow/tfjs-core';
import { groupNorm, instanceNorm } from '../functions/groupNorm.js';
import { createAffine, NormalizationLayer } from '../normalization.js';
import {
  checkBoolean,
  checkDataFormat,
  checkEpsilon,
  checkInput,
  checkKeys,
  checkPositiveInteger,
} from '../options.js';
import { checkGroups, type DataFormat, groupNormView, instanceNormView } from '../view.js';

interface ChannelOptions {
  /** Added to the variance under the root; positive. Default 1e-5. */
  epsilon?: number | undefined;
  /** Learn gamma and beta, one of each per channel. Default: true in GroupNorm, false in InstanceNorm. */
  affine?: boolean | undefined;
  /** Where the channel axis of x is. Default 'channelsFirst'. */
  dataFormat?: DataFormat | undefined;
}

/** Options of `GroupNorm`; affine by default. */
export interface GroupNormOptions extends ChannelOptions {
  /** Number of groups; must divide numChannels. */
  numGroups: number;
  /** Number of channels C. */
  numChannels: number;
}

/** Options of `InstanceNorm`; not affine by default. */
export interface InstanceNormOptions extends ChannelOptions {
  /** Number of channels C. */
  numFeatures: number;
}

const channelKeys = ['epsilon', 'affine', 'dataFormat'];

function checkChannelOptions(name: string, options: ChannelOptions, affineDefault: boolean) {
  return {
    epsilon: checkEpsilon(name, options.epsilon),
    affine: checkBoolean(name, 'affine', options.affine, affineDefault),
    dataFormat: checkDataFormat(name, options.dataFormat),
  };
}

function checkGroupNormOptions(options: GroupNormOptions) {
  const name = 'GroupNorm';
  checkKeys(name, options, [...channelKeys, 'numGroups', 'numChannels']);
  const numGroups = checkPositiveInteger(name, 'numGroups', options.numGroups);
  const numChannels = checkPositiveInteger(name, 'numChannels', options.numChannels);
  checkGroups(name, numChannels, numGroups);
  return { ...checkChannelOptions(name, options, true), numGroups, numChannels };
}

function checkInstanceNormOptions(options: InstanceNormOptions) {
  const name = 'InstanceNorm';
  checkKeys(name, options, [...channelKeys, 'numFeatures']);
  const numFeatures = checkPositiveInteger(name, 'numFeatures', options.numFeatures);
  return { ...checkChannelOptions(name, options, false), numFeatures };
}

/**
 * Group normalization over x of shape `[N, C]` or `[N, C, ...spatial]` (channels last: `[N, ...spatial, C]`): one mean and
 * biased variance per sample and group of C / numGroups channels; the same in training and inference. Affine by
 * default; gamma and beta have shape `[C]`.
 *
 * Wu and He, "Group Normalization" (2018).
 */
export class GroupNorm extends NormalizationLayer {
  readonly #options: ReturnType<typeof checkGroupNormOptions>;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: GroupNormOptions) {
    const checked = checkGroupNormOptions(options);
    super('GroupNorm', createAffine([checked.numChannels], checked.affine));
    this.#options = checked;
  }

  /** @throws ShapeError for a wrong rank or channel count, DtypeError, BackendError, DisposedError. */
  override apply<T extends tf.Tensor>(x: T): T {
    this.assertUsable();
    const { epsilon, dataFormat, numGroups, numChannels } = this.#options;
    groupNormView(checkInput('GroupNorm', 'x', x).shape, dataFormat, numGroups, numChannels);
    return groupNorm(x, { gamma: this.gamma, beta: this.beta, epsilon, dataFormat, numGroups });
  }
}

/**
 * Instance normalization: group normalization with one group per channel. Not affine by default, as in PyTorch; gamma
 * and beta have shape `[C]`.
 *
 * Ulyanov, Vedaldi and Lempitsky, "Instance Normalization" (2016).
 */
export class InstanceNorm extends NormalizationLayer {
  readonly #options: ReturnType<typeof checkInstanceNormOptions>;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: InstanceNormOptions) {
    const checked = checkInstanceNormOptions(options);
    super('InstanceNorm', createAffine([checked.numFeatures], checked.affine));
    this.#options = checked;
  }

  /** @throws ShapeError for a wrong rank or channel count, DtypeError, BackendError, DisposedError. */
  override apply<T extends tf.Tensor>(x: T): T {
    this.assertUsable();
    const { epsilon, dataFormat, numFeatures } = this.#options;
    instanceNormView(checkInput('InstanceNorm', 'x', x).shape, dataFormat, numFeatures);
    return instanceNorm(x, { gamma: this.gamma, beta: this.beta, epsilon, dataFormat });
  }
}
