/** Group and instance normalization as functions. */
import type * as tf from '@tensorflow/tfjs-core';
import { checkPositiveInteger } from '../options.js';
import { groupNormView, instanceNormView } from '../view.js';
import {
  type BatchNormFunctionOptions,
  channelKeys,
  checkAffine,
  checkChannelArguments,
  normalized,
} from './arguments.js';

const groupNormKeys = [...channelKeys, 'numGroups'];

/** Options of `groupNorm`. */
export interface GroupNormFunctionOptions extends BatchNormFunctionOptions {
  /** Number of groups; must divide the number of channels. */
  numGroups: number;
}

/**
 * Group normalization: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with one mean and biased variance per
 * sample and group of C / numGroups channels; gamma and beta have shape `[C]`. An empty batch gives an empty y.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta, \quad \mu_{n,g} = \frac{1}{m} \sum x, \quad \sigma_{n,g}^2 = \frac{1}{m} \sum (x - \mu_{n,g})^2
 * ```
 *
 * Wu and He, "Group Normalization" (2018).
 *
 * @param x float32, `[N, C]` or `[N, C, ...spatial]` of rank up to 5 (channels last: `[N, ...spatial, C]`).
 * @throws as `batchNorm` (but one value per group will do), and OptionError if numGroups does not divide C.
 *
 * @example
 * ```ts
 * const y = groupNorm(tf.tensor2d([[1, 3, 10, 30]]), { numGroups: 2 });
 * console.log(y.round().toString()); // Tensor [[-1, 1, -1, 1],]
 * ```
 */
export function groupNorm<T extends tf.Tensor>(x: T, options: GroupNormFunctionOptions): T {
  const name = 'groupNorm';
  const dataFormat = checkChannelArguments(name, x, options, groupNormKeys);
  const numGroups = checkPositiveInteger(name, 'numGroups', options.numGroups);
  const view = groupNormView(x.shape, dataFormat, numGroups, undefined, name);
  return normalized(checkAffine(name, x, view, options));
}

/**
 * Instance normalization: group normalization with one group per channel.
 *
 * Ulyanov, Vedaldi and Lempitsky, "Instance Normalization" (2016).
 *
 * @param x float32, as `groupNorm` takes it. A single value per channel of a sample is its own mean: y is beta there.
 * @throws as `groupNorm`.
 *
 * @example
 * ```ts
 * const y = instanceNorm(tf.tensor3d([[[1, 3], [10, 30]]])); // [N, C, L]
 * console.log(y.round().toString()); // Tensor [[[-1, 1], [-1, 1]]]
 * ```
 */
export function instanceNorm<T extends tf.Tensor>(x: T, options: BatchNormFunctionOptions = {}): T {
  const name = 'instanceNorm';
  const dataFormat = checkChannelArguments(name, x, options);
  const view = instanceNormView(x.shape, dataFormat, undefined, name);
  return normalized(checkAffine(name, x, view, options));
}
