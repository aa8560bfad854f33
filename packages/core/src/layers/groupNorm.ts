/** GroupNorm as a layer. */
import type * as tf from '@tensorflow/tfjs-core';
import { normalized } from '../functions/arguments.js';
import { createAffine, NormalizationLayer } from '../normalization.js';
import {
  checkBoolean,
  checkDataFormat,
  checkEpsilon,
  checkInput,
  checkKeys,
  checkPositiveInteger,
} from '../options.js';
import { checkGroups, type DataFormat, groupNormView } from '../view.js';

/** Options that GroupNorm and InstanceNorm share. */
export interface ChannelOptions {
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

/** Keys of `ChannelOptions`. */
export const channelKeys = ['epsilon', 'affine', 'dataFormat'];

/** @throws OptionError that names the option, what it got and what it takes. */
export function checkChannelOptions(name: string, options: ChannelOptions, affineDefault: boolean) {
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

/**
 * Group normalization over x of shape `[N, C]` or `[N, C, ...spatial]` (channels last: `[N, ...spatial, C]`): one mean and
 * biased variance per sample and group of C / numGroups channels; the same in training and inference. Affine by
 * default; gamma and beta have shape `[C]`.
 *
 * Wu and He, "Group Normalization" (2018).
 *
 * @example
 * ```ts
 * const norm = new GroupNorm({ numGroups: 2, numChannels: 4 });
 * console.log(norm.apply(tf.tensor2d([[1, 3, 10, 30]])).round().toString()); // Tensor [[-1, 1, -1, 1],]
 * ```
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
    const { shape } = checkInput('GroupNorm', 'x', x);
    const view = groupNormView(shape, dataFormat, numGroups, numChannels);
    return normalized({ x, gamma: this.gamma, beta: this.beta, attributes: { view, epsilon } });
  }
}
