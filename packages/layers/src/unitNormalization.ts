import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { checkAxes, outputShape, resolveAxes } from './axes.js';
import type { Keywords } from './graph/calls.js';
import './graph/hooks.js';
import { checkArguments, type LayerArguments, titleOf } from './layerArguments.js';
import { onlyInput, type Shape } from './normalizationLayer.js';
import { registerOwn } from './ownFiles.js';

/** Arguments of `UnitNormalization`. */
export interface UnitNormalizationArguments extends LayerArguments {
  /** The axis or axes over which the norm is taken. Default -1. */
  axis?: number | number[];
}

const layerClass = 'UnitNormalization';

/** Below this norm x is divided by it instead, as in Keras. */
const smallestNorm = 1e-12;

/**
 * keras.layers.UnitNormalization: y = x / max(|x|, 1e-12), with the Euclidean norm over `axis`. It has no weights. Any rank, any
 * axes; x and y have one shape. Infinite squares give 0, as in Keras: the norm must be below 1.8e19.
 */
export class UnitNormalization extends tfl.layers.Layer {
  /** @nocollapse */
  static readonly className: string = layerClass;
  readonly #axis: number[];
  readonly #args: UnitNormalizationArguments;

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: UnitNormalizationArguments) {
    const checked = checkArguments(layerClass, args, ['axis']);
    super(checked);
    this.supportsMasking = true;
    this.#args = checked;
    this.#axis = checkAxes(titleOf(layerClass, args?.name), checked.axis ?? -1);
  }

  override build(inputShape: Shape | Shape[]): void {
    outputShape(this.#title, this.#axis, inputShape);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return outputShape(this.#title, this.#axis, inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], _keywords: Keywords): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(this.#title, inputs);
      const { axes } = resolveAxes(this.#title, this.#axis, x.shape);
      const squares = tf.sum(tf.square(x), axes, true);
      return tf.div(x, tf.sqrt(tf.maximum(squares, smallestNorm ** 2)));
    });
  }

  /** In errors. */
  get #title(): string {
    return titleOf(layerClass, this.name);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), axis: this.#args.axis ?? -1 };
  }
}

registerOwn(UnitNormalization);
