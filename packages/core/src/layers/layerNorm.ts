/** LayerNorm and RMSNorm as layers. */
import type * as tf from '@tensorflow/tfjs-core';
import { normalized } from '../functions/arguments.js';
import { createAffine, NormalizationLayer } from '../normalization.js';
import { checkBoolean, checkEpsilon, checkInput, checkKeys, checkNormalizedShape } from '../options.js';
import { layerNormView } from '../view.js';

/** Options of `RMSNorm`. */
export interface RMSNormOptions {
  /** Trailing shape of x over which to normalize: a size, or a list of sizes. */
  normalizedShape: number | readonly number[];
  /** Added to the variance (RMSNorm: to the mean square) under the root; positive. Default 1e-5. */
  epsilon?: number | undefined;
  /** Learn gamma (and beta, in LayerNorm), of shape `normalizedShape`. Default true. */
  affine?: boolean | undefined;
}

/** Options of `LayerNorm`. */
export interface LayerNormOptions extends RMSNormOptions {
  /** Learn beta, in a layer that is affine. Default true. */
  bias?: boolean | undefined;
}

const keys = ['normalizedShape', 'epsilon', 'affine'];

function checkOptions(name: string, options: RMSNormOptions) {
  return {
    normalizedShape: checkNormalizedShape(name, options.normalizedShape),
    epsilon: checkEpsilon(name, options.epsilon),
    affine: checkBoolean(name, 'affine', options.affine, true),
  };
}

/**
 * Layer normalization over the trailing `normalizedShape` of x: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta
 * per leading index, with the biased variance; the same in training and inference.
 *
 * Ba, Kiros and Hinton, "Layer Normalization" (2016).
 *
 * @example
 * ```ts
 * const norm = new LayerNorm({ normalizedShape: 2 });
 * console.log(norm.apply(tf.tensor2d([[1, 3]])).round().toString()); // Tensor [[-1, 1],]
 * ```
 */
export class LayerNorm extends NormalizationLayer {
  readonly #options: ReturnType<typeof checkOptions>;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: LayerNormOptions) {
    checkKeys('LayerNorm', options, [...keys, 'bias']);
    const checked = checkOptions('LayerNorm', options);
    const bias = checkBoolean('LayerNorm', 'bias', options.bias, true);
    super('LayerNorm', createAffine(checked.normalizedShape, checked.affine, bias));
    this.#options = checked;
  }

  /** @throws ShapeError if the trailing sizes of x are not normalizedShape, DtypeError, BackendError, DisposedError. */
  override apply<T extends tf.Tensor>(x: T): T {
    this.assertUsable();
    const { normalizedShape, epsilon } = this.#options;
    const view = layerNormView(checkInput('LayerNorm', 'x', x).shape, normalizedShape);
    return normalized({ x, gamma: this.gamma, beta: this.beta, attributes: { view, epsilon } });
  }
}

/**
 * Root-mean-square normalization over the trailing `normalizedShape` of x: y = x / sqrt(mean(x^2) + epsilon) * gamma per
 * leading index.
 *
 * Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
 *
 * @example
 * ```ts
 * const norm = new RMSNorm({ normalizedShape: 2 });
 * const y = norm.apply(tf.tensor2d([[3, 4]]));
 * console.log(Array.from(y.dataSync(), (value) => value.toFixed(2)).join(' ')); // 0.85 1.13
 * ```
 */
export class RMSNorm extends NormalizationLayer {
  readonly #options: ReturnType<typeof checkOptions>;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: RMSNormOptions) {
    checkKeys('RMSNorm', options, keys);
    const checked = checkOptions('RMSNorm', options);
    super('RMSNorm', createAffine(checked.normalizedShape, checked.affine, false));
    this.#options = checked;
  }

  /** @throws ShapeError if the trailing sizes of x are not normalizedShape, DtypeError, BackendError, DisposedError. */
  override apply<T extends tf.Tensor>(x: T): T {
    this.assertUsable();
    const { normalizedShape, epsilon } = this.#options;
    const view = layerNormView(checkInput('RMSNorm', 'x', x).shape, normalizedShape, false);
    return normalized({ x, gamma: this.gamma, beta: undefined, attributes: { view, epsilon } });
  }
}
