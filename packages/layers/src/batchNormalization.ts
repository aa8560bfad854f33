import { batchNorm, batchNormInference, type DataFormat, instanceNorm, OptionError } from '@bn/core';
import { checkBoolean, checkMomentum } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkOneAxis, inputSpecOf, resolveAxes } from './axes.js';
import { type Identifier, type Initializer, resolveInitializer, serialize } from './kerasObjects.js';
import {
  type AffineArguments,
  AffineLayer,
  type Keywords,
  onlyInput,
  type Shape,
} from './normalizationLayer.js';

/** Arguments of `BatchNormalization`. */
export interface BatchNormalizationArguments extends AffineArguments {
  /** The axis of the channels. Default -1. */
  axis?: number | number[];
  /** Weight in [0, 1] that the old moving value keeps at each step. Default 0.99. */
  momentum?: number;
  /** Default 'zeros'. */
  movingMeanInitializer?: Identifier<Initializer>;
  /** Default 'ones'. */
  movingVarianceInitializer?: Identifier<Initializer>;
  /**
   * True: the moving variance takes the unbiased variance of the batch, as that of TensorFlow's fused kernel does. Otherwise the
   * biased one, as in Keras 3 and tf.layers; with a mask, that one always.
   */
  fused?: boolean;
  /** Accepted: on one device there is nothing to synchronize. */
  synchronized?: boolean;
}

const keys = [
  'axis',
  'momentum',
  'movingMeanInitializer',
  'movingVarianceInitializer',
  'fused',
  'synchronized',
];
/** Keras reads them with renorm alone. */
const renormKeys = ['renormClipping', 'renormMomentum'];
const atInference = 'it changes training only: for inference, save the model from Python without it';
const unsupported = { renorm: atInference, virtualBatchSize: atInference, adjustment: atInference };

/**
 * keras.layers.BatchNormalization: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel. In training (model.fit, or
 * `training: true`) mean and biased variance are those of the batch, and move the moving ones:
 * moving = momentum * moving + (1 - momentum) * batch. Otherwise, and where the layer is not trainable, they are the moving
 * ones. A mask keeps padding out of the statistics of the batch, as in Keras 3. Any rank from 2, any axis.
 *
 * Ioffe and Szegedy, "Batch Normalization" (2015).
 */
export class BatchNormalization extends AffineLayer<BatchNormalizationArguments> {
  /** @nocollapse */
  static readonly className: string = 'BatchNormalization';
  readonly #axis: number;
  readonly #momentum: number;
  readonly #fused: boolean;
  readonly #initializers: { movingMean: Initializer; movingVariance: Initializer };
  #movingMean: tfl.LayerVariable | undefined;
  #movingVariance: tfl.LayerVariable | undefined;

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: BatchNormalizationArguments) {
    super('BatchNormalization', args, [...keys, ...renormKeys], unsupported);
    const { axis = -1, momentum = 0.99, movingMeanInitializer, movingVarianceInitializer } = this.args;
    const initializer = (option: string, identifier: Identifier<Initializer>) =>
      resolveInitializer(this.layerName, option, identifier)!;
    this.#axis = checkOneAxis(this.layerName, axis);
    this.#momentum = checkMomentum(this.layerName, momentum)!;
    this.#fused = checkBoolean(this.layerName, 'fused', this.args.fused, false);
    this.#initializers = {
      movingMean: initializer('movingMeanInitializer', movingMeanInitializer ?? 'zeros'),
      movingVariance: initializer('movingVarianceInitializer', movingVarianceInitializer ?? 'ones'),
    };
  }

  override build(inputShape: Shape | Shape[]): void {
    const { axes, sizes } = resolveAxes(this.layerName, [this.#axis], inputShape as Shape);
    this.inputSpec = inputSpecOf(inputShape as Shape, axes[0]!);
    const { movingMean, movingVariance } = this.#initializers;
    this.buildAffine(sizes);
    this.#movingMean = this.addWeight('moving_mean', sizes, 'float32', movingMean, undefined, false);
    this.#movingVariance = this.addWeight(
      'moving_variance',
      sizes,
      'float32',
      movingVariance,
      undefined,
      false,
    );
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training, mask }: Keywords): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(this.layerName, inputs);
      const axis = resolveAxes(this.layerName, [this.#axis], x.shape).axes[0]!;
      const { shape, dataFormat } = channelLayout(x.shape, axis);
      const view = tf.util.arraysEqual(shape, x.shape) ? x : tf.reshape(x, shape);
      const y =
        training && !this.#isFrozen()
          ? this.#train(view, dataFormat, this.#checkMask(mask, axis, x))
          : this.#infer(view, dataFormat);
      return tf.reshape(y, x.shape);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      axis: this.args.axis ?? -1,
      momentum: this.#momentum,
      movingMeanInitializer: serialize(this.#initializers.movingMean),
      movingVarianceInitializer: serialize(this.#initializers.movingVariance),
      ...(this.#fused && { fused: true }),
    };
  }

  #infer(x: tf.Tensor, dataFormat: DataFormat): tf.Tensor {
    const mean = this.#movingMean!.read();
    const variance = this.#movingVariance!.read();
    return batchNormInference(x, { ...this.affineOptions(), mean, variance, dataFormat });
  }

  #train(x: tf.Tensor, dataFormat: DataFormat, mask: tf.Tensor | undefined): tf.Tensor {
    const channels = this.#movingMean!.shape[0]!;
    const count = x.size / channels;
    if (count === 1) {
      // The value is its own mean, also of a sample and channel, and y is beta.
      const y = instanceNorm(tf.reshape(x, [1, channels]), this.affineOptions());
      this.#move(tf.reshape(x, [channels]), tf.zeros([channels]));
      return y;
    }
    const { y, mean, variance } = batchNorm(x, { ...this.affineOptions(), dataFormat, mask });
    const isUnbiased = this.#fused && mask === undefined;
    this.#move(mean, isUnbiased ? tf.mul(variance, count / (count - 1)) : variance);
    return y;
  }

  #move(mean: tf.Tensor, variance: tf.Tensor): void {
    const momentum = this.#momentum;
    const next = (old: tf.Tensor, batch: tf.Tensor) =>
      tf.add(tf.mul(old, momentum), tf.mul(batch, 1 - momentum));
    this.#movingMean!.write(next(this.#movingMean!.read(), mean));
    this.#movingVariance!.write(next(this.#movingVariance!.read(), variance));
  }

  /** As in Keras since 2.0: what does not learn does not adapt its statistics either. */
  #isFrozen(): boolean {
    const isAffine = this.gamma !== undefined || this.beta !== undefined;
    return !this.trainable || (isAffine && this.trainableWeights.length === 0);
  }

  #checkMask(mask: unknown, axis: number, x: tf.Tensor): tf.Tensor | undefined {
    if (mask == null) return undefined;
    if (axis === x.rank - 1 && x.rank <= 5) return mask as tf.Tensor;
    throw new OptionError(
      `BatchNormalization: a mask needs the channels on the last of at most 5 axes, got axis ${this.#axis} and x of rank ` +
        `${x.rank}; remove the layer that makes the mask, or permute the axes`,
    );
  }
}

/** The shape and data format in which core takes an x whose channels are on this axis. */
function channelLayout(shape: number[], axis: number): { shape: number[]; dataFormat: DataFormat } {
  if (shape.length <= 5 && axis > 0) {
    if (axis === shape.length - 1) return { shape, dataFormat: 'channelsLast' };
    if (axis === 1) return { shape, dataFormat: 'channelsFirst' };
  }
  const before = tf.util.sizeFromShape(shape.slice(0, axis));
  const after = tf.util.sizeFromShape(shape.slice(axis + 1));
  return { shape: [before, shape[axis]!, after], dataFormat: 'channelsFirst' };
}
