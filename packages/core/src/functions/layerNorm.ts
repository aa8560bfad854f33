/** Layer and root-mean-square normalization as functions. */
import type * as tf from '@tensorflow/tfjs-core';
import { checkInput, checkKeys, checkNormalizedShape } from '../options.js';
import { layerNormView } from '../view.js';
import { type AffineOptions, affineKeys, checkAffine, normalized } from './arguments.js';

const layerNormKeys = [...affineKeys, 'normalizedShape'];
const rmsNormKeys = ['gamma', 'epsilon', 'normalizedShape'];

/** Options of `layerNorm`, and of `rmsNorm`, which has no beta. */
export interface LayerNormFunctionOptions extends AffineOptions {
  /** Trailing shape of x over which to normalize. */
  normalizedShape: number | readonly number[];
}

/**
 * Layer normalization: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and biased variance over the
 * trailing `normalizedShape`; gamma and beta have that shape. An empty x gives an empty y.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta, \quad \mu = \frac{1}{D} \sum_{i=1}^{D} x_i, \quad \sigma^2 = \frac{1}{D} \sum_{i=1}^{D} (x_i - \mu)^2
 * ```
 *
 * Ba, Kiros and Hinton, "Layer Normalization" (2016).
 *
 * @param x float32, of any rank whose trailing sizes are `normalizedShape`.
 * @throws ShapeError, DtypeError, DisposedError, OptionError and BackendError as `batchNorm`.
 *
 * @example
 * ```ts
 * const y = layerNorm(tf.tensor2d([[1, 3], [10, 30]]), { normalizedShape: 2 });
 * console.log(y.round().toString()); // Tensor [[-1, 1], [-1, 1]]
 * ```
 */
export function layerNorm<T extends tf.Tensor>(x: T, options: LayerNormFunctionOptions): T {
  return overTrailingAxes('layerNorm', x, options, true, layerNormKeys);
}

/**
 * Root-mean-square normalization: y = x / sqrt(mean(x^2) + epsilon) * gamma, the mean taken over the trailing
 * `normalizedShape`; gamma has that shape. An empty x gives an empty y.
 *
 * ```math
 * y = \frac{x}{\sqrt{\frac{1}{D} \sum_{i=1}^{D} x_i^2 + \epsilon}} \, \gamma
 * ```
 *
 * Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
 *
 * @param x float32, of any rank whose trailing sizes are `normalizedShape`.
 * @throws ShapeError, DtypeError, DisposedError, OptionError and BackendError as `batchNorm`.
 *
 * @example
 * ```ts
 * const y = rmsNorm(tf.tensor2d([[3, 4]]), { normalizedShape: 2 });
 * console.log(Array.from(y.dataSync(), (value) => value.toFixed(2)).join(' ')); // 0.85 1.13
 * ```
 */
export function rmsNorm<T extends tf.Tensor>(x: T, options: Omit<LayerNormFunctionOptions, 'beta'>): T {
  return overTrailingAxes('rmsNorm', x, options, false, rmsNormKeys);
}

function overTrailingAxes<T extends tf.Tensor>(
  name: string,
  x: T,
  options: LayerNormFunctionOptions,
  centered: boolean,
  keys: readonly string[],
): T {
  checkKeys(name, options, keys);
  checkInput(name, 'x', x);
  const shape = checkNormalizedShape(name, options.normalizedShape);
  const view = layerNormView(x.shape, shape, centered, name);
  return normalized(checkAffine(name, x, view, options, shape));
}
