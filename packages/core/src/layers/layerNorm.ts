/** LayerNorm and RMSNorm as layers. */
import type * as tf from '@tensorflow/tfjs-core';
import { layerNorm, rmsNorm } from '../functions/layerNorm.js';
import { createAffine, NormalizationLayer } from '../normalization.js';
import { checkBoolean, checkEpsilon, checkKeys, checkNormalizedShape } from '../options.js';

/** Options of `LayerNorm`. */
export interface LayerNormOptions {
  /** Trailing shape of x over which to normalize: a size, or a list of sizes. */
  normalizedShape: number | readonly number[];
  /** Added to the variance (RMSNorm: to the mean square) under the root; positive. Default 1e-5. */
  epsilon?: number | undefined;
  /** Learn gamma (and beta, in LayerNorm), of shape `normalizedShape`. Default true. */
  affine?: boolean | undefined;
}

/** As LayerNormOptions; there is no beta. */
export type RMSNormOptions = LayerNormOptions;

function checkOptions(name: string, options: LayerNormOptions) {
  checkKeys(name, options, ['normalizedShape', 'epsilon', 'affine']);
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
 */
export class LayerNorm extends NormalizationLayer {
  readonly #options: ReturnType<typeof checkOptions>;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: LayerNormOptions) {
    const checked = checkOptions('LayerNorm', options);
    super('LayerNorm', createAffine(checked.normalizedShape, checked.affine));
    this.#options = checked;
  }

  /** @throws ShapeError where the trailing sizes of x are not normalizedShape, DtypeError, BackendError, DisposedError. */
  override apply<T extends tf.Tensor>(x: T): T {
    this.assertUsable();
    const { normalizedShape, epsilon } = this.#options;
    return layerNorm(x, { gamma: this.gamma, beta: this.beta, normalizedShape, epsilon });
  }
}

/**
 * Root-mean-square normalization over the trailing `normalizedShape` of x: y = x / sqrt(mean(x^2) + epsilon) * gamma per
 * leading index.
 *
 * Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
 */
export class RMSNorm extends NormalizationLayer {
  readonly #options: ReturnType<typeof checkOptions>;

  /** @throws OptionError that names the option, what it got and what it takes. */
  constructor(options: RMSNormOptions) {
    const checked = checkOptions('RMSNorm', options);
    super('RMSNorm', createAffine(checked.normalizedShape, checked.affine, false));
    this.#options = checked;
  }

  /** @throws ShapeError where the trailing sizes of x are not normalizedShape, DtypeError, BackendError, DisposedError. */
  override apply<T extends tf.Tensor>(x: T): T {
    this.assertUsable();
    const { normalizedShape, epsilon } = this.#options;
    return rmsNorm(x, { gamma: this.gamma, normalizedShape, epsilon });
  }
}
