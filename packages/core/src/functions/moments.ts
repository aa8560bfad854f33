/** Mean and variance over any view, as a function. */
import type * as tf from '@tensorflow/tfjs-core';
import { runMoments } from '../dispatch/calls.js';
import { OptionError, ShapeError } from '../errors.js';
import {
  checkDataFormat,
  checkInput,
  checkKeys,
  checkNormalizedShape,
  checkPositiveInteger,
} from '../options.js';
import {
  batchNormView,
  type DataFormat,
  formatShape,
  groupNormView,
  layerNormView,
  type NormalizationView,
} from '../view.js';

/** Options of `moments`: which elements share a statistic. Per channel, as BatchNorm, if all are left out. */
export interface MomentsOptions {
  /** Where the channel axis of x is. Default 'channelsFirst'. */
  dataFormat?: DataFormat | undefined;
  /** Statistics per sample and group (`[N, numGroups]`) rather than per channel. */
  numGroups?: number | undefined;
  /** Statistics over the trailing axes, one per leading index (`[leading, 1]`), rather than per channel. */
  normalizedShape?: number | readonly number[] | undefined;
}

/**
 * Mean and biased variance of x, differentiable: per channel (`[C]`, as BatchNorm takes them), or with `numGroups` per
 * sample and group (`[N, numGroups]`), or with `normalizedShape` over the trailing axes (`[leading, 1]`).
 *
 * ```math
 * \mu = \frac{1}{m} \sum x, \qquad \sigma^2 = \frac{1}{m} \sum (x - \mu)^2
 * ```
 *
 * @param x float32, as `batchNorm`, `groupNorm` or `layerNorm` takes it.
 * @throws as `batchNorm`, `groupNorm` and `layerNorm`; ShapeError if x is empty; OptionError if both numGroups
 * and normalizedShape are given.
 *
 * @example
 * ```ts
 * const { mean, variance } = moments(tf.tensor2d([[1, 10], [3, 30]]));
 * console.log(mean.toString(), variance.toString()); // Tensor [2, 20] Tensor [1, 100]
 * ```
 */
export function moments(
  x: tf.Tensor,
  options: MomentsOptions = {},
): { mean: tf.Tensor; variance: tf.Tensor } {
  const name = 'moments';
  checkKeys(name, options, ['dataFormat', 'numGroups', 'normalizedShape']);
  checkInput(name, 'x', x);
  const view = momentsView(name, x.shape, options);
  if (x.size === 0) {
    throw new ShapeError(`${name}: x must not be empty, got shape ${formatShape(x.shape)}`);
  }
  const [mean, variance] = runMoments(x, { view, epsilon: 1 });
  return { mean, variance };
}

function momentsView(name: string, shape: readonly number[], options: MomentsOptions): NormalizationView {
  const dataFormat = checkDataFormat(name, options.dataFormat);
  const { numGroups, normalizedShape } = options;
  if (numGroups !== undefined && normalizedShape !== undefined) {
    throw new OptionError(`${name}: numGroups and normalizedShape exclude each other, got both`);
  }
  if (normalizedShape !== undefined) {
    return layerNormView(shape, checkNormalizedShape(name, normalizedShape), true, name);
  }
  if (numGroups !== undefined) {
    const groups = checkPositiveInteger(name, 'numGroups', numGroups);
    return groupNormView(shape, dataFormat, groups, undefined, name);
  }
  return batchNormView(shape, dataFormat, undefined, name);
}
