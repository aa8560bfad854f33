/** Batch normalization in training with a mask or weights: the check of the mask, and the masked computation. */
import * as tf from '@tensorflow/tfjs-core';
import { runNormalize } from '../dispatch/calls.js';
import type { KernelAttributes } from '../dispatch/names.js';
import { offTape } from '../dispatch/tape.js';
import { DtypeError } from '../errors.js';
import { kindOf, refuseDisposed } from '../options.js';
import type { DataFormat, NormalizationView } from '../view.js';
import { checkMaskShape, isOfElements } from './maskShape.js';
import { runWeightedMoments } from './weightedMoments.js';

/**
 * Checks a mask against an x that `batchNormView` has accepted. No mask (undefined) is valid.
 *
 * @throws DtypeError for a mask that is neither a bool nor a float32 tensor; ShapeError for one of a wrong shape; DisposedError.
 */
export function checkMask(
  name: string,
  mask: tf.Tensor | undefined,
  x: tf.Tensor,
  dataFormat: DataFormat,
): tf.Tensor | undefined {
  if (mask === undefined) return undefined;
  if (!(mask instanceof tf.Tensor)) {
    throw new DtypeError(`${name}: mask must be a tf.Tensor of dtype bool or float32, got ${kindOf(mask)}`);
  }
  if (mask.dtype !== 'bool' && mask.dtype !== 'float32') {
    throw new DtypeError(`${name}: mask must have dtype bool or float32, got ${mask.dtype}`);
  }
  refuseDisposed(name, 'mask', mask);
  checkMaskShape(x.shape, dataFormat, mask.shape, name);
  return mask;
}

/**
 * [y, mean, variance, sum of weights] of checked arguments, for use in tidy: normalization with statistics of the elements
 * that the mask keeps. All but the sum of weights are differentiable.
 */
export function runMasked(
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  attributes: KernelAttributes,
  mask: tf.Tensor,
): [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] {
  const weights = offTape(() => weightsOf(mask, x, attributes.view));
  const [mean, variance, weight] = runWeightedMoments(x, weights, attributes.view);
  return [runNormalize(x, mean, variance, gamma, beta, attributes), mean, variance, weight];
}

/** The weights that a mask gives, float32 in the shape of x, which is not empty. */
export function weightsOf(mask: tf.Tensor, x: tf.Tensor, view: NormalizationView): tf.Tensor {
  const given = tf.cast(mask, 'float32');
  return isOfElements(x.shape, mask.shape) ? given : tf.reshape(spread(given, view), x.shape);
}

/**
 * Repeats weights of leading positions for each element of x. It multiplies with ones, which is fast on every backend: tfjs's
 * tile takes longer on wasm than all the rest of a masked step.
 */
function spread(weights: tf.Tensor, { batch, outer, channels, inner }: NormalizationView): tf.Tensor {
  const rest = (batch * outer * inner) / weights.size;
  const column = tf.reshape(weights, [weights.size, 1]) as tf.Tensor2D;
  if (inner === 1) return tf.matMul(column, tf.ones([1, rest * channels]));
  // Channels come first, so that outer is 1 and the weights of a sample are repeated for each channel.
  const positions = rest === 1 ? column : tf.matMul(column, tf.ones([1, rest]));
  return tf.matMul(tf.ones([1, channels, 1]), tf.reshape(positions, [batch, 1, inner]));
}
