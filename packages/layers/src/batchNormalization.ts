import {
  type AffineOptions,
  batchNorm,
  batchNormInference,
  type DataFormat,
  instanceNorm,
  OptionError,
} from '@bn/core';
import { groupBatchNorm, type Reducer } from '@bn/core/group';
import { checkBoolean, checkMomentum } from '@bn/core/options';
import type { StatisticsCollector } from '@bn/core/statistics';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { checkOneAxis, inputSpecOf, outputShape, resolveAxes } from './axes.js';
import { checkMask, type Weights } from './batchMask.js';
import {
  type BatchNormalizationArguments,
  keys,
  refuseInferenceOnly,
  unsupported,
  variantKeys,
} from './batchNormalizationArguments.js';
import { type BatchNormState, isFrozen } from './batchNormState.js';
import { BatchRenormalization } from './batchRenormalization.js';
import { channelLayout } from './channelLayout.js';
import { type Keywords, toList } from './graph/calls.js';
import { maskInCall } from './graph/masks.js';
import { checkTraining } from './graph/training.js';
import { obeyUpdateStatistics, updatesStatistics } from './graph/updateStatistics.js';
import { type Identifier, type Initializer, resolveInitializer, serialize } from './kerasObjects.js';
import { titleOf } from './layerArguments.js';
import { movesBy } from './movingAverages.js';
import { AffineLayer, onlyInput, type Shape } from './normalizationLayer.js';
import { joinedGroup } from './synchronization.js';

/** What a batch gives. */
interface Trained {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor;
  /** Biased. */
  readonly variance: tf.Tensor;
  /** Values behind each statistic, or the sum of their weights: for all channels or `[C]`. */
  count(): number | tf.Tensor;
  /** 1 for the channels of which a mask leaves something, 0 for others; undefined without a mask. */
  readonly isSeen: tf.Tensor | undefined;
}

/**
 * keras.layers.BatchNormalization: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel. In training (model.fit, or
 * `training: true`) mean and biased variance are those of the batch, and move the moving ones:
 * moving = momentum * moving + (1 - momentum) * batch. Otherwise, and if the layer is not trainable, they are the moving
 * ones. Any rank from 2, any axis.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta, \qquad m \leftarrow \mathit{momentum} \cdot m + (1 - \mathit{momentum}) \cdot \mathit{batch}
 * ```
 *
 * A mask keeps padding out of the statistics of the batch, as in Keras 3: the one that the graph of the model brings to the
 * input, or `apply(x, { training, mask })`. It has the shape of x without its last axis, a leading part of that, or
 * sizes of 1, which broadcast. If it leaves nothing of a channel, the moving statistics of the channel stay as they are.
 *
 * `apply(x, { training: true, updateStatistics: false })` normalizes with the statistics of the batch and leaves the moving ones
 * as they are, as adversarial training wants it for batches that are not of the data. A model hands it to all its layers, those of
 * tf.layers too.
 *
 * With `renorm` y in training is (xhat * r + d) * gamma + beta, where xhat is x normalized with the batch, and r = sqrt(variance + epsilon) /
 * renorm_stddev and d = (mean - renorm_mean) / renorm_stddev, within `renormClipping`, are constants for the gradient.
 *
 * Ioffe and Szegedy, "Batch Normalization" (2015); Ioffe, "Batch Renormalization" (2017).
 *
 * @example
 * ```ts
 * const norm = new BatchNormalization({ momentum: 0.5, inputShape: [1] });
 * const model = tf.sequential({ layers: [norm] });
 * model.apply(tf.tensor2d([[1], [3]]), { training: true });
 * console.log(norm.getWeights().map((weight) => weight.arraySync()).join(' ')); // 1 0 1 1
 * ```
 */
export class BatchNormalization extends AffineLayer<BatchNormalizationArguments> {
  /** @nocollapse */
  static readonly className: string = 'BatchNormalization';
  readonly #axis: number;
  readonly #momentum: number;
  readonly #fused: boolean;
  readonly #synchronized: boolean;
  readonly #renorm: BatchRenormalization | undefined;
  #reducer: Reducer | undefined;
  #collector: StatisticsCollector | undefined;
  readonly #initializers: { movingMean: Initializer; movingVariance: Initializer };
  #movingMean: tfl.LayerVariable | undefined;
  #movingVariance: tfl.LayerVariable | undefined;

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: BatchNormalizationArguments) {
    super('BatchNormalization', args, [...keys, ...variantKeys], unsupported, true);
    obeyUpdateStatistics(this);
    const title = titleOf('BatchNormalization', args?.name);
    const { axis = -1, momentum = 0.99, movingMeanInitializer, movingVarianceInitializer } = this.args;
    const initializer = (option: string, identifier: Identifier<Initializer>) =>
      resolveInitializer(title, option, identifier)!;
    this.#axis = checkOneAxis(title, axis);
    this.#momentum = checkMomentum(title, momentum)!;
    this.#fused = checkBoolean(title, 'fused', this.args.fused, false);
    this.#synchronized = checkBoolean(title, 'synchronized', this.args.synchronized, false);
    if (checkBoolean(title, 'renorm', this.args.renorm, false)) {
      if (this.#fused)
        throw new OptionError(`${title}: fused and renorm cannot be together; leave out fused`);
      this.#renorm = new BatchRenormalization(title, this.epsilon, this.args);
    }
    this.#initializers = {
      movingMean: initializer('movingMeanInitializer', movingMeanInitializer ?? 'zeros'),
      movingVariance: initializer('movingVarianceInitializer', movingVarianceInitializer ?? 'ones'),
    };
  }

  override build(inputShape: Shape | Shape[]): void {
    const { axes, sizes } = resolveAxes(this.title, [this.#axis], inputShape as Shape);
    this.inputSpec = inputSpecOf(inputShape as Shape, axes[0]!);
    const { movingMean, movingVariance } = this.#initializers;
    this.buildAffine(sizes);
    const add = (name: string, initializer: Initializer) =>
      this.addWeight(name, sizes, 'float32', initializer, undefined, false);
    this.#movingMean = add('moving_mean', movingMean);
    this.#movingVariance = add('moving_variance', movingVariance);
    this.#renorm?.build(add, movingMean, movingVariance);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return outputShape(this.title, [this.#axis], inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], keywords: Keywords): tf.Tensor {
    return tf.tidy(() => {
      const { title } = this;
      const x = onlyInput(title, inputs);
      const axis = resolveAxes(title, [this.#axis], x.shape).axes[0]!;
      const { shape, dataFormat } = channelLayout(x.shape, axis);
      const view = tf.util.arraysEqual(shape, x.shape) ? x : tf.reshape(x, shape);
      const training = checkTraining(title, keywords.training);
      const collector = training === false ? undefined : this.#collector;
      const isTraining = training || collector !== undefined;
      if (!isTraining || isFrozen(this, this.state()))
        return tf.reshape(this.#infer(view, dataFormat), x.shape);
      refuseInferenceOnly(title, this.args);
      const mask = maskInCall(this, toList(inputs)[0]!, keywords);
      const weights = mask && checkMask(title, mask, x.shape, axis, shape);
      const group = this.#reducer ?? (this.#synchronized ? joinedGroup(title) : undefined);
      const trained =
        group !== undefined && group.size > 1
          ? this.#trainInGroup(view, dataFormat, weights, group)
          : this.#train(view, dataFormat, weights);
      const { mean, variance } = trained;
      const y = this.#correcting?.apply(trained, this.affineOptions(), dataFormat) ?? trained.y;
      if (collector !== undefined) collector.add({ mean, variance, count: trained.count() });
      else if (updatesStatistics(this, keywords)) this.#move(trained, weights !== undefined);
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
      ...(this.#synchronized && { synchronized: true }),
      ...Object.fromEntries(
        variantKeys.flatMap((key) => (this.args[key] || this.args[key] === 0 ? [[key, this.args[key]]] : [])),
      ),
    };
  }

  /**
   * From now on the statistics of batches are taken over this group. The config of the layer does not change.
   *
   * @internal
   */
  synchronize(reducer: Reducer): void {
    this.#reducer = reducer;
  }

  /**
   * What inference computes with, of a layer that is built.
   *
   * @internal
   */
  state(): BatchNormState {
    return {
      axis: this.#axis,
      epsilon: this.epsilon,
      gamma: this.gamma,
      beta: this.beta,
      movingMean: this.#movingMean!,
      movingVariance: this.#movingVariance!,
      movingDeviation: this.#renorm?.movingDeviation,
    };
  }

  /**
   * While there is a collector, calls that do not say `training: false` normalize as in training, and hand it their statistics.
   *
   * @internal
   */
  collect(collector: StatisticsCollector | undefined): void {
    this.#collector = collector;
  }

  /**
   * What the biased variance of so many values is multiplied with for the moving variance.
   *
   * @internal
   */
  correction(count: number | tf.Tensor): number {
    return this.#fused && typeof count === 'number' && count > 1 ? count / (count - 1) : 1;
  }

  #infer(x: tf.Tensor, dataFormat: DataFormat): tf.Tensor {
    const mean = this.#movingMean!.read();
    const variance = this.#movingVariance!.read();
    // Written out, here and in #train: adding to what was spread costs more than the checks of the call.
    const { gamma, beta, epsilon } = this.affineOptions();
    return batchNormInference(x, { gamma, beta, epsilon, mean, variance, dataFormat });
  }

  #train(x: tf.Tensor, dataFormat: DataFormat, weights: Weights | undefined): Trained {
    const channels = this.#movingMean!.shape[0]!;
    const size = x.size / channels;
    const [isSeen, count] = [weights?.isSeen, () => weights?.count() ?? size];
    if (size === 1) {
      // The value is its own mean, also of a sample and channel, and y is beta.
      const y = tf.reshape(instanceNorm(tf.reshape(x, [1, channels]), this.#trainingOptions()), x.shape);
      return { y, mean: tf.reshape(x, [channels]), variance: tf.zeros([channels]), count, isSeen };
    }
    const { gamma, beta, epsilon } = this.#trainingOptions();
    const { y, mean, variance } = batchNorm(x, { gamma, beta, epsilon, dataFormat, mask: weights?.mask });
    return { y, mean, variance, count, isSeen };
  }

  /** As `#train`, of the batches of all members. */
  #trainInGroup(
    x: tf.Tensor,
    dataFormat: DataFormat,
    weights: Weights | undefined,
    reducer: Reducer,
  ): Trained {
    const options = { ...this.#trainingOptions(), dataFormat, mask: weights?.mask, reducer };
    const { count, ...rest } = groupBatchNorm(x, options);
    const isSeen = typeof count === 'number' ? undefined : tf.cast(tf.greater(count, 0), 'float32');
    return { ...rest, count: () => count, isSeen };
  }

  /** While statistics are collected, layers normalize with those of the batch. */
  get #correcting(): BatchRenormalization | undefined {
    return this.#collector === undefined ? this.#renorm : undefined;
  }

  /** The options of core's functions in training; with renorm gamma and beta come behind its corrections. */
  #trainingOptions(): AffineOptions {
    return this.#correcting === undefined ? this.affineOptions() : { epsilon: this.epsilon };
  }

  /** Moves the moving statistics towards those of the batch; what the mask leaves nothing of stays as it is. */
  #move(trained: Trained, isMasked: boolean): void {
    const { mean, variance, count, isSeen } = trained;
    const move = movesBy(this.#momentum, isSeen);
    if (this.#renorm !== undefined) this.#renorm.move(trained, this.#momentum, this.#movingVariance!);
    else {
      const correction = isMasked ? 1 : this.correction(count());
      move(this.#movingVariance!, correction === 1 ? variance : tf.mul(variance, correction));
    }
    move(this.#movingMean!, mean);
  }
}
