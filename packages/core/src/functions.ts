/** The normalizations as functions: checked options -> view -> kernel. Differentiable in x, gamma and beta. */
import * as tf from '@tensorflow/tfjs-core';
import { OptionError, ShapeError } from './errors.js';
import { runForward, runMoments, runNormalize, runStatistics } from './kernels.js';
import {
  checkDataFormat,
  checkEpsilon,
  checkInput,
  checkKeys,
  checkNormalizedShape,
  checkParameter,
  checkPositiveInteger,
} from './options.js';
import {
  batchNormView,
  type DataFormat,
  elementsPerStatistic,
  formatShape,
  groupNormView,
  instanceNormView,
  layerNormView,
  type NormalizationView,
  statisticsShape,
} from './view.js';

/** What all normalizations take. */
export interface AffineOptions {
  /** Scale, one value per channel (LayerNorm, RMSNorm: of `normalizedShape`); 1 where left out. */
  gamma?: tf.Tensor | undefined;
  /** Offset, shaped as gamma; 0 where left out. */
  beta?: tf.Tensor | undefined;
  /** Added to the variance under the root; positive. Default 1e-5. */
  epsilon?: number | undefined;
}

export interface BatchNormFunctionOptions extends AffineOptions {
  /** Where the channel axis of x is. Default 'channelsFirst'. */
  dataFormat?: DataFormat | undefined;
}

export interface BatchNormInferenceOptions extends BatchNormFunctionOptions {
  /** Mean per channel, `[C]`. */
  mean: tf.Tensor;
  /** Variance per channel, `[C]`. */
  variance: tf.Tensor;
}

export interface GroupNormFunctionOptions extends BatchNormFunctionOptions {
  /** Number of groups; must divide the number of channels. */
  numGroups: number;
}

export interface LayerNormFunctionOptions extends AffineOptions {
  /** Trailing shape of x over which to normalize. */
  normalizedShape: number | readonly number[];
}

export interface MomentsOptions {
  /** Where the channel axis of x is. Default 'channelsFirst'. */
  dataFormat?: DataFormat | undefined;
  /** Statistics per sample and group (`[N, numGroups]`) rather than per channel. */
  numGroups?: number | undefined;
  /** Statistics over the trailing axes, one per leading index (`[leading, 1]`), rather than per channel. */
  normalizedShape?: number | readonly number[] | undefined;
}

const affineKeys = ['gamma', 'beta', 'epsilon'];
const channelKeys = [...affineKeys, 'dataFormat'];

/** Options of every function, after the checks that they have in common. */
function checkAffine(
  name: string,
  x: tf.Tensor,
  view: NormalizationView,
  options: AffineOptions,
  shape: readonly number[] = [view.channels],
) {
  const flat = (argument: 'gamma' | 'beta') => {
    const value = checkParameter(name, argument, options[argument], shape);
    return value === undefined || value.rank === 1 ? value : tf.reshape(value, [view.channels]);
  };
  const attributes = { view, epsilon: checkEpsilon(name, options.epsilon ?? 1e-5) };
  return { x, gamma: flat('gamma'), beta: flat('beta'), attributes };
}

/** Forward without statistics as a result: there is nothing to compute for an empty x. */
function normalized({ x, gamma, beta, attributes }: ReturnType<typeof checkAffine>): tf.Tensor {
  if (x.size === 0) return tf.clone(x);
  const [y, mean, variance] = runForward(x, gamma, beta, attributes);
  mean.dispose();
  variance.dispose();
  return y;
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
 * Ioffe and Szegedy, "Batch Normalization" (2015), algorithm 1.
 *
 * @param x float32, `[N, C]` or `[N, C, ...spatial]` of rank up to 5 (channels last: `[N, ...spatial, C]`).
 * @throws ShapeError for a wrong rank, a gamma or beta not of shape `[C]`, or fewer than two values per channel;
 * DtypeError for a dtype other than float32; OptionError for a bad epsilon or dataFormat; BackendError where the
 * current tfjs backend has no normalization kernels.
 */
export function batchNorm<T extends tf.Tensor>(
  x: T,
  options: BatchNormFunctionOptions = {},
): BatchNormResult<T> {
  const { view, epsilon, y, mean, variance } = batchNormTraining('batchNorm', x, options);
  const [differentiableMean, differentiableVariance] = runStatistics(x, mean, variance, { view, epsilon });
  tf.dispose([mean, variance]);
  return { y, mean: differentiableMean as tf.Tensor1D, variance: differentiableVariance as tf.Tensor1D };
}

/** As `batchNorm`, but no gradients flow through mean and variance: what a layer that keeps running statistics needs. */
export function batchNormTraining<T extends tf.Tensor>(
  name: string,
  x: T,
  options: BatchNormFunctionOptions,
) {
  checkKeys(name, options, channelKeys);
  checkInput(name, 'x', x);
  const view = batchNormView(
    x.shape,
    checkDataFormat(name, options.dataFormat ?? 'channelsFirst'),
    undefined,
    name,
  );
  const { gamma, beta, attributes } = checkAffine(name, x, view, options);
  if (elementsPerStatistic(view) < 2) {
    throw new ShapeError(
      `BatchNorm in training needs more than one value per channel, got x of shape ${formatShape(x.shape)}`,
    );
  }
  const [y, mean, variance] = runForward(x, gamma, beta, attributes);
  return { ...attributes, y: y as T, mean, variance };
}

/**
 * Batch normalization with given statistics: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
 * Differentiable in x, mean, variance, gamma and beta; the statistics do not depend on x (as in inference and in
 * fine-tuning with frozen statistics). An empty batch gives an empty y.
 *
 * @param x float32, as `batchNorm` takes it.
 * @throws as `batchNorm`, but any batch size will do.
 */
export function batchNormInference<T extends tf.Tensor>(x: T, options: BatchNormInferenceOptions): T {
  const name = 'batchNormInference';
  checkKeys(name, options, [...channelKeys, 'mean', 'variance']);
  checkInput(name, 'x', x);
  const view = batchNormView(
    x.shape,
    checkDataFormat(name, options.dataFormat ?? 'channelsFirst'),
    undefined,
    name,
  );
  const { gamma, beta, attributes } = checkAffine(name, x, view, options);
  const statistic = (argument: 'mean' | 'variance') =>
    checkParameter(name, argument, checkInput(name, argument, options[argument]), statisticsShape(view))!;
  const mean = statistic('mean');
  const variance = statistic('variance');
  if (x.size === 0) return tf.clone(x);
  return runNormalize(x, mean, variance, gamma, beta, attributes) as T;
}

/**
 * Group normalization: as `batchNorm`, with one mean and biased variance per sample and group of C / numGroups channels.
 *
 * Wu and He, "Group Normalization" (2018).
 *
 * @param x float32, `[N, C]` or `[N, C, ...spatial]` of rank up to 5 (channels last: `[N, ...spatial, C]`).
 * @throws as `batchNorm` (but one value per group will do), and OptionError where numGroups does not divide C.
 */
export function groupNorm<T extends tf.Tensor>(x: T, options: GroupNormFunctionOptions): T {
  const name = 'groupNorm';
  checkKeys(name, options, [...channelKeys, 'numGroups']);
  checkInput(name, 'x', x);
  const dataFormat = checkDataFormat(name, options.dataFormat ?? 'channelsFirst');
  const numGroups = checkPositiveInteger(name, 'numGroups', options.numGroups);
  const view = groupNormView(x.shape, dataFormat, numGroups, undefined, name);
  return tf.tidy(() => normalized(checkAffine(name, x, view, options))) as T;
}

/**
 * Instance normalization: group normalization with one group per channel.
 *
 * Ulyanov, Vedaldi and Lempitsky, "Instance Normalization" (2016).
 *
 * @param x float32, as `groupNorm` takes it.
 * @throws as `groupNorm`.
 */
export function instanceNorm<T extends tf.Tensor>(x: T, options: BatchNormFunctionOptions = {}): T {
  const name = 'instanceNorm';
  checkKeys(name, options, channelKeys);
  checkInput(name, 'x', x);
  const dataFormat = checkDataFormat(name, options.dataFormat ?? 'channelsFirst');
  const view = instanceNormView(x.shape, dataFormat, undefined, name);
  return tf.tidy(() => normalized(checkAffine(name, x, view, options))) as T;
}

/**
 * Layer normalization: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and biased variance over the
 * trailing `normalizedShape`; gamma and beta have that shape.
 *
 * Ba, Kiros and Hinton, "Layer Normalization" (2016).
 *
 * @param x float32, of any rank whose trailing sizes are `normalizedShape`.
 * @throws ShapeError, DtypeError, OptionError and BackendError as `batchNorm`.
 */
export function layerNorm<T extends tf.Tensor>(x: T, options: LayerNormFunctionOptions): T {
  return overTrailingAxes('layerNorm', x, options, true, affineKeys);
}

/**
 * Root-mean-square normalization: y = x / sqrt(mean(x^2) + epsilon) * gamma, the mean taken over the trailing
 * `normalizedShape`.
 *
 * Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
 *
 * @param x float32, of any rank whose trailing sizes are `normalizedShape`.
 * @throws ShapeError, DtypeError, OptionError and BackendError as `batchNorm`.
 */
export function rmsNorm<T extends tf.Tensor>(x: T, options: Omit<LayerNormFunctionOptions, 'beta'>): T {
  return overTrailingAxes('rmsNorm', x, options, false, ['gamma', 'epsilon']);
}

function overTrailingAxes<T extends tf.Tensor>(
  name: string,
  x: T,
  options: LayerNormFunctionOptions,
  centered: boolean,
  keys: readonly string[],
): T {
  checkKeys(name, options, [...keys, 'normalizedShape']);
  checkInput(name, 'x', x);
  const shape = checkNormalizedShape(name, options.normalizedShape);
  const view = layerNormView(x.shape, shape, centered, name);
  return tf.tidy(() => normalized(checkAffine(name, x, view, options, shape))) as T;
}

/**
 * Mean and biased variance of x, differentiable: per channel (`[C]`, as BatchNorm takes them), or with `numGroups` per
 * sample and group (`[N, numGroups]`), or with `normalizedShape` over the trailing axes (`[leading, 1]`).
 *
 * @throws as `batchNorm`, `groupNorm` and `layerNorm`; ShapeError where x is empty; OptionError where both numGroups
 * and normalizedShape are given.
 */
export function moments(
  x: tf.Tensor,
  options: MomentsOptions = {},
): { mean: tf.Tensor; variance: tf.Tensor } {
  const name = 'moments';
  checkKeys(name, options, ['dataFormat', 'numGroups', 'normalizedShape']);
  checkInput(name, 'x', x);
  const view = momentsView(name, x.shape, options);
  if (x.size === 0) {
    throw new ShapeError(`${name}: x must not be empty, got shape ${formatShape(x.shape)}`);
  }
  const [mean, variance] = runMoments(x, { view, epsilon: 1 });
  return { mean, variance };
}

function momentsView(name: string, shape: readonly number[], options: MomentsOptions): NormalizationView {
  const dataFormat = checkDataFormat(name, options.dataFormat ?? 'channelsFirst');
  const { numGroups, normalizedShape } = options;
  if (numGroups !== undefined && normalizedShape !== undefined) {
    throw new OptionError(`${name}: numGroups and normalizedShape exclude each other, got both`);
  }
  if (normalizedShape !== undefined) {
    return layerNormView(shape, checkNormalizedShape(name, normalizedShape), true, name);
  }
  if (numGroups !== undefined) {
    const groups = checkPositiveInteger(name, 'numGroups', numGroups);
    return groupNormView(shape, dataFormat, groups, undefined, name);
  }
  return batchNormView(shape, dataFormat, undefined, name);
}
