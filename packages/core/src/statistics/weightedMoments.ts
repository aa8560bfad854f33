/**
 * Mean and variance per channel of weighted elements:
 *
 *     count = sum(w)    mean = sum(w x) / count    variance = sum(w (x - mean)^2) / count
 *
 * The sums are those of the `gradientSums` kernel: dGamma = sum(dy * xhat) and dBeta = sum(dy), with weights for dy and, where
 * variance + epsilon = 1, x - mean for xhat. Going forward x is read four times, the weights three times, and five tensors of
 * x's size are written.
 */
import * as tf from '@tensorflow/tfjs-core';
import { runGradientSums, runNormalize } from '../dispatch/calls.js';
import type { KernelAttributes } from '../dispatch/names.js';
import { offTape } from '../dispatch/tape.js';
import type { NormalizationView } from '../view.js';

/** [sum of w (x - center), sum of w], both `[C]`. */
function weightedSums(
  weights: tf.Tensor,
  x: tf.Tensor,
  center: tf.Tensor,
  attributes: KernelAttributes,
): [tf.Tensor, tf.Tensor] {
  const [sum, total] = runGradientSums(weights, x, center, tf.zerosLike(center), undefined, attributes);
  return [sum, total];
}

/**
 * 1 / count, or 0 for a count of 0: then every weighted mean is 0 rather than not a number. Off the tape, which takes the
 * count for a function of x, as the sum beside it is.
 */
const inverseOf = (count: tf.Tensor): tf.Tensor => offTape(() => tf.divNoNan(tf.onesLike(count), count));

/** [mean, variance, count], stacked to one tensor. */
function forward(x: tf.Tensor, weights: tf.Tensor, attributes: KernelAttributes): tf.Tensor {
  const zeros = tf.zeros([attributes.view.channels]);
  const [sum, count] = weightedSums(weights, x, zeros, attributes);
  const inverse = inverseOf(count);
  const center = tf.mul(sum, inverse);
  const deviations = runNormalize(x, center, zeros, undefined, undefined, attributes);
  const [squares, rest] = weightedSums(tf.mul(weights, deviations), x, center, attributes);
  // What rounding left between the center and the mean; large where x is far from 0.
  const correction = tf.mul(rest, inverse);
  const mean = tf.add(center, correction);
  // abs: of constant x this is a difference of equals, which rounding may leave below 0.
  const variance = tf.abs(tf.sub(tf.mul(squares, inverse), tf.square(correction)));
  return tf.stack([mean, variance, count]);
}

/** dx = w * (dMean / count + dVariance * 2 (x - mean) / count), the mean computed again so that its own gradient is recorded. */
function gradient(
  dMean: tf.Tensor,
  dVariance: tf.Tensor,
  x: tf.Tensor,
  weights: tf.Tensor,
  attributes: KernelAttributes,
): tf.Tensor {
  const zeros = tf.zerosLike(dMean);
  const [sum, count] = weightedSums(weights, x, zeros, attributes);
  const inverse = inverseOf(count);
  const slope = tf.mul(dVariance, tf.mul(inverse, 2));
  const offset = tf.mul(dMean, inverse);
  const mean = tf.mul(sum, inverse);
  return tf.mul(weights, runNormalize(x, mean, zeros, slope, offset, attributes));
}

/**
 * [mean, variance, count] per channel, of checked arguments; mean and variance differentiable in x. Weights of nothing but
 * zeros give a mean and a variance of 0. An element of weight 0 does not enter, even if it is infinite or NaN.
 *
 * @param weights float32, of x's shape, not negative.
 */
export function runWeightedMoments(
  x: tf.Tensor,
  weights: tf.Tensor,
  view: NormalizationView,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const attributes = { view, epsilon: 1 };
  const moments = tf.customGrad((input, saveFunction) => {
    const save = saveFunction as tf.GradSaveFunc;
    const value = forward(input as tf.Tensor, weights, attributes);
    // Last: what is saved before an error stays.
    save([input as tf.Tensor, weights]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [dMean, dVariance] = tf.unstack(dy);
        return tf.tidy(() => gradient(dMean!, dVariance!, saved[0]!, saved[1]!, attributes));
      },
    };
  });
  const [mean, variance, count] = tf.unstack(moments(zeroWhereUnused(x, weights)));
  return [mean!, variance!, count!];
}

/** x, with 0 for what has no weight: 0 times infinity would not be 0. */
export function zeroWhereUnused(x: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  // tfjs's webgl backend chooses between tensors of rank 4 at most.
  if (x.rank > 4) return tf.reshape(zeroWhereUnused(tf.reshape(x, [-1]), tf.reshape(weights, [-1])), x.shape);
  // Of x's shape, because tfjs compares with a scalar many times slower on wasm.
  const zeros = tf.zerosLike(weights);
  const used = offTape(() => tf.notEqual(weights, zeros));
  return tf.where(used, x, zeros);
}
