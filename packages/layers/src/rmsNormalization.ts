import { OptionError, rmsNorm, ShapeError } from '@bn/core';
import { checkEpsilon } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkAxes, outputShape, resolveAxes, withAxesLast } from './axes.js';
import type { Keywords } from './graph/calls.js';
import './graph/hooks.js';
import { followModels } from './graph/trainable.js';
import { checkArguments, type LayerArguments, titleOf } from './layerArguments.js';
import { onlyInput, type Shape } from './normalizationLayer.js';

/** Arguments of `RMSNormalization`. */
export interface RMSNormalizationArguments extends LayerArguments {
  /** The axis or axes to normalize over, in any order. Default -1. */
  axis?: number | number[];
  /** Added to the mean square under the root; positive. Default 1e-6. */
  epsilon?: number;
  /** The size of the last axis, which KerasHub's layer is told. Checked if given. */
  inputDim?: number;
}

/**
 * keras.layers.RMSNormalization, and KerasHub's: y = x / sqrt(mean(x^2) + epsilon) * scale, the mean taken over `axis`. scale has
 * the sizes of these axes. Any rank, any axes; those that are not the last ones cost two transpositions.
 *
 * ```math
 * y = \frac{x}{\sqrt{\overline{x^2} + \epsilon}} \, \mathit{scale}
 * ```
 *
 * Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
 *
 * @example
 * ```ts
 * const norm = new RMSNormalization();
 * console.log(norm.apply(tf.tensor2d([[3, -3]])).round().arraySync().join(' ')); // 1,-1
 * ```
 */
export class RMSNormalization extends tfl.layers.Layer {
  /** @nocollapse */
  static readonly className: string = 'RMSNormalization';
  readonly #args: RMSNormalizationArguments;
  readonly #axis: number[];
  readonly #epsilon: number;
  #scale: tfl.LayerVariable | undefined;

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: RMSNormalizationArguments) {
    const checked = checkArguments('RMSNormalization', args, ['axis', 'epsilon', 'inputDim']);
    super(checked);
    const title = titleOf('RMSNormalization', args?.name);
    followModels(this);
    this.supportsMasking = true;
    this.#args = checked;
    this.#axis = checkAxes(title, checked.axis ?? -1);
    this.#epsilon = checkEpsilon(title, checked.epsilon ?? 1e-6);
  }

  /**
   * Keras saves the axis, KerasHub inputDim. A config with neither is of a class of this name that a model defines for
   * itself; some of these multiply by 1 + scale.
   *
   * @throws OptionError for a config without axis and without inputDim.
   */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    if (config.axis == null && config.inputDim == null) {
      throw new OptionError(
        `RMSNormalization: the config of layer '${config.name}' has no axis, so it is not keras.layers.RMSNormalization ` +
          'but a class of the same name, whose formula may differ; replace it by the one of Keras, or register your own class ' +
          'under that name with tf.serialization.registerClass, after registerKerasLayers',
      );
    }
    return new cls(config);
  }

  override build(inputShape: Shape | Shape[]): void {
    const { sizes } = resolveAxes(this.#title, this.#axis, inputShape as Shape);
    const { inputDim } = this.#args;
    if (inputDim !== undefined && inputDim !== sizes.at(-1)) {
      throw new ShapeError(
        `${this.#title}: the last axis must have size inputDim ${inputDim}, got input shape ${JSON.stringify(inputShape)}`,
      );
    }
    this.#scale = this.addWeight('scale', sizes, 'float32', tfl.initializers.ones());
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return outputShape(this.#title, this.#axis, inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], _keywords: Keywords): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(this.#title, inputs);
      const { axes, sizes } = resolveAxes(this.#title, this.#axis, x.shape);
      const options = { gamma: this.#scale!.read(), epsilon: this.#epsilon, normalizedShape: sizes };
      return withAxesLast(x, axes, (last) => rmsNorm(last, options));
    });
  }

  /** In errors. */
  get #title(): string {
    return titleOf('RMSNormalization', this.name);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), axis: this.#args.axis ?? -1, epsilon: this.#epsilon };
  }
}
