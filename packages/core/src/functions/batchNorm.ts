/** Batch normalization as functions: with the batch's statistics, or with given ones. */
import * as tf from '@tensorflow/tfjs-core';
import { runForward, runNormalize, runStatistics } from '../dispatch/calls.js';
import type { KernelAttributes } from '../dispatch/names.js';
import { ShapeError } from '../errors.js';
import { checkReducer, groupOf } from '../group/checkReducer.js';
import type { Reducer } from '../group/reducer.js';
import { runSynchronized } from '../group/synchronized.js';
import { checkInput, checkParameter } from '../options.js';
import { checkMask, runMasked } from '../statistics/mask.js';
import { batchNormView, elementsPerStatistic, formatShape, statisticsShape } from '../view.js';
import {
  type BatchNormFunctionOptions,
  channelKeys,
  checkAffine,
  checkChannelArguments,
} from './arguments.js';
import { normalizedEmpty } from './empty.js';

const trainingKeys = [...channelKeys, 'mask', 'reducer'];
const inferenceKeys = [...channelKeys, 'mean', 'variance'];

/** Options of `batchNorm`. */
export interface BatchNormTrainingOptions extends BatchNormFunctionOptions {
  /**
   * What counts towards mean and variance: bool, or float32 weights that are not negative, in the shape of x without its
   * channel axis, or a leading part of that (`[N]`: samples; `[N, ...spatial]`: positions), or in that of x (a weight for each
   * element). By default all of x does.
   */
  mask?: tf.Tensor | undefined;
  /**
   * The group of processes over whose batches mean and variance are taken; every member must make the same calls, in the same
   * order. By default only x is there.
   */
  reducer?: Reducer | undefined;
}

/** Options of `batchNormInference`. */
export interface BatchNormInferenceOptions extends BatchNormFunctionOptions {
  /** Mean per channel, `[C]`. */
  mean: tf.Tensor;
  /** Variance per channel, `[C]`. */
  variance: tf.Tensor;
}

/** Result of `batchNorm`. */
export interface BatchNormResult<T extends tf.Tensor = tf.Tensor> {
  /** Normalized x, of x's shape. */
  y: T;
  /** Mean of the batch per channel, `[C]`. */
  mean: tf.Tensor1D;
  /** Biased variance of the batch per channel, `[C]`. */
  variance: tf.Tensor1D;
}

/**
 * Batch normalization in training: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and biased
 * variance of each channel over the batch and all positions. All three results are differentiable.
 *
 * With a mask w, mean = sum(w x) / sum(w) and variance = sum(w (x - mean)^2) / sum(w); what has weight 0 does not enter
 * them, whatever its value, and is normalized like the rest. If all weights are 0, mean and variance are 0. The mask
 * gets no gradient.
 *
 * With a reducer, the batch is that of all members of its group: mean and variance are merged by count, in float64 and in the
 * order of the ranks, so that shards may be of any size, also empty, and all members hold the same bits. dx is the gradient of
 * the sum of all members' losses; the gradients in gamma and beta are this member's part of it, to be added up like those of any
 * other weight. Gradients of gradients are refused.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta, \quad \mu_c = \frac{1}{m} \sum x, \quad \sigma_c^2 = \frac{1}{m} \sum (x - \mu_c)^2
 * ```
 *
 * Ioffe and Szegedy, "Batch Normalization" (2015), algorithm 1; the mask as `keras.layers.BatchNormalization` takes it.
 *
 * @param x float32, `[N, C]` or `[N, C, ...spatial]` of rank up to 5 (channels last: `[N, ...spatial, C]`).
 * @throws ShapeError for a wrong rank, a gamma or beta not of shape `[C]`, a mask that does not fit x, or fewer than two
 * values per channel (with a reducer: in all, on every member); DtypeError for a dtype other than float32; DisposedError; OptionError for a bad
 * epsilon, dataFormat or reducer; BackendError with a reducer if the current tfjs backend
 * cannot be read without waiting; ReducerError, on every member, if the members differ in their number of channels.
 *
 * @example
 * ```ts
 * const { y, mean, variance } = batchNorm(tf.tensor2d([[1, 10], [3, 30]]));
 * console.log(y.round().toString()); // Tensor [[-1, -1], [1 , 1 ]]
 * console.log(mean.toString(), variance.toString()); // Tensor [2, 20] Tensor [1, 100]
 * ```
 */
export function batchNorm<T extends tf.Tensor>(
  x: T,
  options: BatchNormTrainingOptions = {},
): BatchNormResult<T> {
  const { gamma, beta, attributes, mask, reducer } = checkTrainingArguments('batchNorm', x, options);
  const group = groupOf(reducer);
  if (group !== undefined || mask !== undefined) {
    return tf.tidy(() => {
      const [y, mean, variance] =
        group === undefined
          ? runTraining(x, gamma, beta, attributes, mask)
          : runSynchronized(x, gamma, beta, attributes, mask, group, true);
      return { y, mean, variance };
    }) as BatchNormResult<tf.Tensor> as BatchNormResult<T>;
  }
  const [y, mean, variance] = runTraining(x, gamma, beta, attributes);
  const [differentiableMean, differentiableVariance] = runStatistics(x, mean, variance, attributes);
  return {
    y: y as T,
    mean: differentiableMean as tf.Tensor1D,
    variance: differentiableVariance as tf.Tensor1D,
  };
}

/** The arguments of `batchNorm`, checked. */
export function checkTrainingArguments(name: string, x: tf.Tensor, options: BatchNormTrainingOptions) {
  const dataFormat = checkChannelArguments(name, x, options, trainingKeys);
  const view = batchNormView(x.shape, dataFormat, undefined, name);
  const { gamma, beta, attributes } = checkAffine(name, x, view, options);
  const mask = checkMask(name, options.mask, x, dataFormat);
  const reducer = checkReducer(name, options.reducer);
  return { gamma, beta, attributes, mask, reducer };
}

/**
 * [y, mean, variance] of checked arguments; with a mask or a group, which want a tidy around it, also the count, or the sum of
 * weights per channel. Unlike those of `batchNorm`, statistics without a mask carry no gradients: what a layer that keeps running
 * statistics needs.
 *
 * @throws ShapeError for fewer than two values per channel.
 */
export function runTraining(
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  attributes: KernelAttributes,
  mask?: tf.Tensor,
  group?: Reducer,
): [y: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, count?: number | tf.Tensor] {
  if (group !== undefined) return runSynchronized(x, gamma, beta, attributes, mask, group);
  if (elementsPerStatistic(attributes.view) < 2) {
    throw new ShapeError(
      `BatchNorm in training needs more than one value per channel, got x of shape ${formatShape(x.shape)}`,
    );
  }
  if (mask !== undefined) return runMasked(x, gamma, beta, attributes, mask);
  return runForward(x, gamma, beta, attributes);
}

/**
 * Batch normalization with given statistics: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
 * Differentiable in x, mean, variance, gamma and beta, as are its gradients; the statistics do not depend on x (as in
 * inference, and in fine-tuning with frozen statistics). An empty batch gives an empty y.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta
 * ```
 *
 * Ioffe and Szegedy, "Batch Normalization" (2015), algorithm 2.
 *
 * @param x float32, as `batchNorm` takes it.
 * @throws as `batchNorm`, but any batch size will do; ShapeError or DtypeError also for a mean or variance that is no
 * float32 tensor of shape `[C]`. An epsilon of 0 is accepted: every variance should then be positive.
 *
 * @example
 * ```ts
 * const y = batchNormInference(tf.tensor2d([[5, 30]]), {
 *   mean: tf.tensor1d([1, 10]),
 *   variance: tf.tensor1d([4, 100]),
 * });
 * console.log(y.round().toString()); // Tensor [[2, 2],]
 * ```
 */
export function batchNormInference<T extends tf.Tensor>(x: T, options: BatchNormInferenceOptions): T {
  const name = 'batchNormInference';
  const dataFormat = checkChannelArguments(name, x, options, inferenceKeys);
  const view = batchNormView(x.shape, dataFormat, undefined, name);
  const { gamma, beta, attributes } = checkAffine(name, x, view, options, undefined, true);
  const statistic = (argument: 'mean' | 'variance') =>
    checkParameter(name, argument, checkInput(name, argument, options[argument]), statisticsShape(view))!;
  const mean = statistic('mean');
  const variance = statistic('variance');
  return runInference(x, mean, variance, gamma, beta, attributes);
}

/** y of checked arguments. There is nothing to compute for an empty x. */
export function runInference<T extends tf.Tensor>(
  x: T,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  attributes: KernelAttributes,
): T {
  if (x.size === 0) return normalizedEmpty(x, mean, variance, gamma, beta);
  return runNormalize(x, mean, variance, gamma, beta, attributes) as T;
}
