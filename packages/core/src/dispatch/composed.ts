/**
 * The backward kernels' formulas in generic tfjs ops. Nothing runs them forward: tfjs differentiates them, which gives
 * the gradients of our gradients.
 */
import * as tf from '@tensorflow/tfjs-core';
import { elementsPerStatistic, type NormalizationView } from '../view.js';

type Five = [number, number, number, number, number];

/** The view as [batch, outer, groups, channels per group, inner], on which every sum is a sum over whole axes. */
function layout(view: NormalizationView) {
  const { batch, outer, channels, inner, groups, acrossBatch } = view;
  const perGroup = channels / groups;
  return {
    full: [batch, outer, groups, perGroup, inner] as Five,
    statistic: [acrossBatch ? 1 : batch, 1, groups, 1, 1] as Five,
    channel: [1, 1, groups, perGroup, 1] as Five,
    statisticAxes: acrossBatch ? [0, 1, 3, 4] : [1, 3, 4],
    channelAxes: [0, 1, 4],
  };
}

/** Tensors of the formulas, in the five-axis layout. */
function terms(
  dy: tf.Tensor,
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  mean: tf.Tensor,
  variance: tf.Tensor,
  view: NormalizationView,
  epsilon: number,
) {
  const { full, statistic, channel } = layout(view);
  const rstd = tf.rsqrt(tf.add(tf.reshape(variance, statistic), epsilon));
  const xhat = tf.mul(tf.sub(tf.reshape(x, full), tf.reshape(mean, statistic)), rstd);
  const dyFull = tf.reshape(dy, full);
  const gammaDy = gamma === undefined ? dyFull : tf.mul(dyFull, tf.reshape(gamma, channel));
  return { rstd, xhat, dyFull, gammaDy };
}

/** [dGamma, dBeta, sumDy, sumDyXhat] of given statistics. */
export function composedGradientSums(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor | undefined,
  view: NormalizationView,
  epsilon: number,
): [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] {
  const { statisticAxes, channelAxes } = layout(view);
  const { xhat, dyFull, gammaDy } = terms(dy, x, gamma, mean, variance, view, epsilon);
  return [
    tf.reshape(tf.sum(tf.mul(dyFull, xhat), channelAxes), [view.channels]),
    tf.reshape(tf.sum(dyFull, channelAxes), [view.channels]),
    tf.reshape(tf.sum(gammaDy, statisticAxes), mean.shape),
    tf.reshape(tf.sum(tf.mul(gammaDy, xhat), statisticAxes), mean.shape),
  ];
}

/** dx of given statistics and sums. */
export function composedInputGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor | undefined,
  sumDy: tf.Tensor,
  sumDyXhat: tf.Tensor,
  view: NormalizationView,
  epsilon: number,
): tf.Tensor {
  const { statistic } = layout(view);
  const count = elementsPerStatistic(view);
  const { rstd, xhat, gammaDy } = terms(dy, x, gamma, mean, variance, view, epsilon);
  const scaleTerm = tf.mul(xhat, tf.div(tf.reshape(sumDyXhat, statistic), count));
  // A factor of 0 rather than a missing term: tf.grads wants every input to take part.
  const meanTerm = tf.mul(tf.reshape(sumDy, statistic), view.centered ? 1 / count : 0);
  return tf.reshape(tf.mul(rstd, tf.sub(tf.sub(gammaDy, meanTerm), scaleTerm)), x.shape);
}

/** [dx, dGamma, dBeta] with mean and variance as functions of x. */
export function composedBackward(
  dy: tf.Tensor,
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  view: NormalizationView,
  epsilon: number,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const { full, statistic, statisticAxes } = layout(view);
  const xFull = tf.reshape(x, full);
  const mean = view.centered ? tf.mean(xFull, statisticAxes, true) : tf.zeros(statistic);
  const variance = tf.mean(tf.square(tf.sub(xFull, mean)), statisticAxes, true);
  const [dGamma, dBeta, sumDy, sumDyXhat] = composedGradientSums(dy, x, mean, variance, gamma, view, epsilon);
  const dx = composedInputGradient(dy, x, mean, variance, gamma, sumDy, sumDyXhat, view, epsilon);
  return [dx, dGamma, dBeta];
}
