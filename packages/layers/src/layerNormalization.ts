import { layerNorm } from '@bn/core';
import { checkBoolean } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import { checkAxes, outputShape, resolveAxes, withAxesLast } from './axes.js';
import type { Keywords } from './graph/calls.js';
import { titleOf } from './layerArguments.js';
import { type AffineArguments, AffineLayer, onlyInput, type Shape } from './normalizationLayer.js';

/** Arguments of `LayerNormalization`. */
export interface LayerNormalizationArguments extends AffineArguments {
  /** The axis or axes to normalize over, in any order. Default -1. */
  axis?: number | number[];
  /** Keras' deprecated option: y = x / sqrt(variance + epsilon) * gamma, without the mean and without beta. Default false. */
  rmsScaling?: boolean;
}

/**
 * keras.layers.LayerNormalization: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with the mean and the biased
 * variance over `axis`. gamma and beta have the sizes of these axes. Any rank, any axes; those that are not the last
 * ones cost two transpositions.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta
 * ```
 *
 * `rmsScaling` divides by the standard deviation, whatever its name says, and leaves the mean in: it is for files that have it. For root
 * mean squares use RMSNormalization.
 *
 * Ba, Kiros and Hinton, "Layer Normalization" (2016).
 *
 * @example
 * ```ts
 * const norm = new LayerNormalization({ epsilon: 1e-9 });
 * console.log(norm.apply(tf.tensor2d([[1, 3], [10, 30]])).round().arraySync().join(' ')); // -1,1 -1,1
 * ```
 */
export class LayerNormalization extends AffineLayer<LayerNormalizationArguments> {
  /** @nocollapse */
  static readonly className: string = 'LayerNormalization';
  readonly #axis: number[];
  readonly #rmsScaling: boolean;

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: LayerNormalizationArguments) {
    super('LayerNormalization', args, ['axis', 'rmsScaling']);
    const title = titleOf('LayerNormalization', args?.name);
    this.#rmsScaling = checkBoolean(title, 'rmsScaling', this.args.rmsScaling, false);
    this.#axis = checkAxes(title, this.args.axis ?? -1);
  }

  override build(inputShape: Shape | Shape[]): void {
    const { sizes } = resolveAxes(this.title, this.#axis, inputShape as Shape);
    // Whatever center and scale say, as in Keras.
    if (this.#rmsScaling) this.buildParameter('gamma', sizes);
    else this.buildAffine(sizes);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return outputShape(this.title, this.#axis, inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], _keywords: Keywords): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(this.title, inputs);
      const { axes, sizes } = resolveAxes(this.title, this.#axis, x.shape);
      if (this.#rmsScaling) return this.#scaled(x, axes);
      const { gamma, beta, epsilon } = this.affineOptions();
      const options = { gamma, beta, epsilon, normalizedShape: sizes };
      return withAxesLast(x, axes, (last) => layerNorm(last, options));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const rmsScaling = this.#rmsScaling && { rmsScaling: true };
    return { ...super.getConfig(), axis: this.args.axis ?? -1, ...rmsScaling };
  }

  #scaled(x: tf.Tensor, axes: number[]): tf.Tensor {
    const variance = tf.mean(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, true);
    const shape = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
    return tf.mul(tf.div(x, tf.sqrt(tf.add(variance, this.epsilon))), tf.reshape(this.gamma!.read(), shape));
  }
}
