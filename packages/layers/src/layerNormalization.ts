import { layerNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkAxes, resolveAxes, withAxesLast } from './axes.js';
import type { Keywords } from './graph/calls.js';
import { type AffineArguments, AffineLayer, onlyInput, type Shape } from './normalizationLayer.js';

/** Arguments of `LayerNormalization`. */
export interface LayerNormalizationArguments extends AffineArguments {
  /** The axis or axes to normalize over, ascending. Default -1. */
  axis?: number | number[];
}

const unsupported = {
  rmsScaling:
    "Keras' rmsScaling divides by the standard deviation, not by the root mean square; use RMSNormalization for the latter",
};

/**
 * keras.layers.LayerNormalization: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with the mean and the biased
 * variance over `axis`. gamma and beta have the sizes of these axes. Any rank, any axes; those that are not the last
 * ones cost two transpositions.
 *
 * Ba, Kiros and Hinton, "Layer Normalization" (2016).
 */
export class LayerNormalization extends AffineLayer<LayerNormalizationArguments> {
  /** @nocollapse */
  static readonly className: string = 'LayerNormalization';
  readonly #axis: number[];

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: LayerNormalizationArguments) {
    super('LayerNormalization', args, ['axis'], unsupported);
    this.#axis = checkAxes('LayerNormalization', this.args.axis ?? -1);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.buildAffine(resolveAxes(this.layerName, this.#axis, inputShape as Shape).sizes);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], _keywords: Keywords): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(this.layerName, inputs);
      const { axes, sizes } = resolveAxes(this.layerName, this.#axis, x.shape);
      const options = { ...this.affineOptions(), normalizedShape: sizes };
      return withAxesLast(x, axes, (last) => layerNorm(last, options));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), axis: this.args.axis ?? -1 };
  }
}
