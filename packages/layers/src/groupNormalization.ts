import { type DataFormat, groupNorm, OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkOneAxis, inputSpecOf, outputShape, resolveAxes, withAxesLast } from './axes.js';
import type { Keywords } from './graph/calls.js';
import { titleOf } from './layerArguments.js';
import { type AffineArguments, AffineLayer, onlyInput, type Shape } from './normalizationLayer.js';

/** Arguments of `GroupNormalization`. */
export interface GroupNormalizationArguments extends AffineArguments {
  /** Number of groups, which divides the number of channels, or -1 for one group per channel. Default 32. */
  groups?: number;
  /** The axis of the channels, not the first. Default -1. */
  axis?: number | number[];
}

/**
 * keras.layers.GroupNormalization, and that of TensorFlow Addons: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with
 * one mean and biased variance per sample and group of channels. gamma and beta have one value per channel. Any rank from
 * 2, any axis but the first; one that is neither the second nor the last costs two transpositions.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta
 * ```
 *
 * Wu and He, "Group Normalization" (2018).
 *
 * @example
 * ```ts
 * const norm = new GroupNormalization({ groups: 2, epsilon: 1e-9 });
 * console.log(norm.apply(tf.tensor2d([[1, 3, 30, 10]])).round().arraySync().join(' ')); // -1,1,1,-1
 * ```
 */
export class GroupNormalization extends AffineLayer<GroupNormalizationArguments> {
  /** @nocollapse */
  static readonly className: string = 'GroupNormalization';
  readonly #axis: number;
  readonly #groups: number;

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: GroupNormalizationArguments, layerClass = 'GroupNormalization') {
    super(layerClass, args, ['groups', 'axis']);
    const title = titleOf(layerClass, args?.name);
    this.#axis = checkOneAxis(title, this.args.axis ?? -1);
    this.#groups = this.args.groups ?? 32;
    if (!Number.isInteger(this.#groups) || (this.#groups < 1 && this.#groups !== -1)) {
      throw new OptionError(
        `${title}: groups must be a positive integer or -1, got ${JSON.stringify(this.#groups)}`,
      );
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    const { axis, channels } = this.#channelAxis(inputShape as Shape);
    if (axis === 0) {
      throw new OptionError(`${this.title}: axis must not be the batch axis, got ${this.#axis}`);
    }
    const groups = this.groupsOf(channels);
    if (channels % groups !== 0) {
      throw new OptionError(
        `${this.title}: groups must divide the number of channels, got ${groups} groups and ${channels} channels`,
      );
    }
    this.inputSpec = inputSpecOf(inputShape as Shape, axis);
    this.buildAffine([channels]);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return outputShape(this.title, [this.#axis], inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], _keywords: Keywords): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(this.title, inputs);
      const { axis, channels } = this.#channelAxis(x.shape);
      const { gamma, beta, epsilon } = this.affineOptions();
      const options = { gamma, beta, epsilon, numGroups: this.groupsOf(channels) };
      const batch = x.shape[0]!;
      const normalize = (view: tf.Tensor, dataFormat: DataFormat, flat: number[]) =>
        tf.reshape(groupNorm(withRankUpTo5(view, flat), { ...options, dataFormat }), view.shape);
      if (axis === 1) return normalize(x, 'channelsFirst', [batch, channels, -1]);
      return withAxesLast(x, [axis], (last) => normalize(last, 'channelsLast', [batch, -1, channels]));
    });
  }

  protected groupsOf(channels: number): number {
    return this.#groups === -1 ? channels : this.#groups;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), groups: this.#groups, axis: this.args.axis ?? -1 };
  }

  #channelAxis(shape: Shape): { axis: number; channels: number } {
    const { axes, sizes } = resolveAxes(this.title, [this.#axis], shape);
    return { axis: axes[0]!, channels: sizes[0]! };
  }
}

/** x, with its positions in one axis if it has more axes than core's functions take. */
const withRankUpTo5 = (x: tf.Tensor, flat: number[]): tf.Tensor => (x.rank > 5 ? tf.reshape(x, flat) : x);
