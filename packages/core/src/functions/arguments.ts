/** The arguments that the functions share, and the checks that they have in common. */
import * as tf from '@tensorflow/tfjs-core';
import { runForwardAlone } from '../dispatch/calls.js';
import type { KernelAttributes } from '../dispatch/names.js';
import { checkDataFormat, checkEpsilon, checkInput, checkKeys, checkParameter } from '../options.js';
import type { DataFormat, NormalizationView } from '../view.js';
import { normalizedEmpty } from './empty.js';

/** What all normalizations take. */
export interface AffineOptions {
  /** Scale, one value per channel (LayerNorm, RMSNorm: of `normalizedShape`); 1 if left out. */
  gamma?: tf.Tensor | undefined;
  /** Offset, shaped as gamma; 0 if left out. */
  beta?: tf.Tensor | undefined;
  /** Added to the variance under the root; positive. Default 1e-5. */
  epsilon?: number | undefined;
}

/** Options that the normalizations over channels share. */
export interface BatchNormFunctionOptions extends AffineOptions {
  /** Where the channel axis of x is. Default 'channelsFirst'. */
  dataFormat?: DataFormat | undefined;
}

/** Keys of `AffineOptions`. */
export const affineKeys = ['gamma', 'beta', 'epsilon'];

/** Keys of `BatchNormFunctionOptions`. */
export const channelKeys = [...affineKeys, 'dataFormat'];

/** Checks x and the option names of a normalization over channels; returns the data format. */
export function checkChannelArguments(
  name: string,
  x: tf.Tensor,
  options: BatchNormFunctionOptions,
  keys: readonly string[] = channelKeys,
): DataFormat {
  checkKeys(name, options, keys);
  checkInput(name, 'x', x);
  return checkDataFormat(name, options.dataFormat);
}

/** x, gamma and beta, checked; gamma and beta must have `shape`. */
export function checkAffine(
  name: string,
  x: tf.Tensor,
  view: NormalizationView,
  options: AffineOptions,
  shape: readonly number[] = [view.channels],
  allowsZeroEpsilon = false,
) {
  const parameter = (argument: 'gamma' | 'beta') => checkParameter(name, argument, options[argument], shape);
  const attributes = { view, epsilon: checkEpsilon(name, options.epsilon, allowsZeroEpsilon) };
  return { x, gamma: parameter('gamma'), beta: parameter('beta'), attributes };
}

/** The checked arguments of a normalization that computes statistics. */
interface CheckedArguments {
  readonly x: tf.Tensor;
  readonly gamma: tf.Tensor | undefined;
  readonly beta: tf.Tensor | undefined;
  readonly attributes: KernelAttributes;
}

/** y of checked arguments, behind the door of the function and of the layer. There is nothing to compute for an empty x. */
export function normalized<T extends tf.Tensor>({ x, gamma, beta, attributes }: CheckedArguments): T {
  if (isFlat(gamma) && isFlat(beta)) return ofFlat(x, gamma, beta, attributes) as T;
  const { channels } = attributes.view;
  return tf.tidy(() => ofFlat(x, flat(gamma, channels), flat(beta, channels), attributes)) as T;
}

const ofFlat = (
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  attributes: KernelAttributes,
): tf.Tensor =>
  x.size === 0 ? normalizedEmpty(x, gamma, beta) : runForwardAlone(x, gamma, beta, attributes);

/** Whether a parameter is as the kernels take it. */
const isFlat = (parameter: tf.Tensor | undefined): boolean => parameter === undefined || parameter.rank === 1;

const flat = (parameter: tf.Tensor | undefined, channels: number): tf.Tensor | undefined =>
  parameter && tf.reshape(parameter, [channels]);
