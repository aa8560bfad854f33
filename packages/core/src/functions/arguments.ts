/** The arguments that the functions share, and the checks that they have in common. */
import * as tf from '@tensorflow/tfjs-core';
import { runForward } from '../dispatch/calls.js';
import { checkDataFormat, checkEpsilon, checkInput, checkKeys, checkParameter } from '../options.js';
import type { DataFormat, NormalizationView } from '../view.js';
import { normalizedEmpty } from './empty.js';

/** What all normalizations take. */
export interface AffineOptions {
  /** Scale, one value per channel (LayerNorm, RMSNorm: of `normalizedShape`); 1 where left out. */
  gamma?: tf.Tensor | undefined;
  /** Offset, shaped as gamma; 0 where left out. */
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

/** x, gamma and beta as the kernels take them; gamma and beta must have `shape`. */
export function checkAffine(
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
  const attributes = { view, epsilon: checkEpsilon(name, options.epsilon) };
  return { x, gamma: flat('gamma'), beta: flat('beta'), attributes };
}

/** y alone, of arguments that `checkAffine` returned; for use in tidy. There is nothing to compute for an empty x. */
export function normalized({ x, gamma, beta, attributes }: ReturnType<typeof checkAffine>): tf.Tensor {
  if (x.size === 0) return normalizedEmpty(x, gamma, beta);
  return runForward(x, gamma, beta, attributes)[0];
}
