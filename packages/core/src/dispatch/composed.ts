/**
 * The kernels' formulas in generic tfjs ops. tfjs differentiates those of the backward kernels, which gives the gradients of our
 * gradients; where no package has kernels for a tfjs backend, they are the kernels (composedBackend.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import { elementsPerStatistic, type NormalizationView, statisticsShape } from '../view.js';

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

/** rstd and xhat, in the five-axis layout. */
function standardized(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  view: NormalizationView,
  epsilon: number,
) {
  const { full, statistic } = layout(view);
  const rstd = tf.rsqrt(tf.add(tf.reshape(variance, statistic), epsilon));
  return { rstd, xhat: tf.mul(tf.sub(tf.reshape(x, full), tf.reshape(mean, statistic)), rstd) };
}

/** Tensors of the backward formulas, in the five-axis layout. */
function terms(
  dy: tf.Tensor,
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  mean: tf.Tensor,
  variance: tf.Tensor,
  view: NormalizationView,
  epsilon: number,
) {
  const { full, channel } = layout(view);
  const dyFull = tf.reshape(dy, full);
  const gammaDy = gamma === undefined ? dyFull : tf.mul(dyFull, tf.reshape(gamma, channel));
  return { ...standardized(x, mean, variance, view, epsilon), dyFull, gammaDy };
}

/**
 * [mean, variance] of x, in two passes: the mean, then the mean square of what is left without it. The mean of what is left is not
 * quite 0 if the sum of large values was rounded, and is added to the mean first.
 */
export function composedMoments(x: tf.Tensor, view: NormalizationView): [tf.Tensor, tf.Tensor] {
  const { full, statisticAxes } = layout(view);
  const shape = statisticsShape(view);
  const average = (values: tf.Tensor) => tf.mean(values, statisticAxes, true);
  const xFull = tf.reshape(x, full);
  if (!view.centered) return [tf.zeros(shape), tf.reshape(average(tf.square(xFull)), shape)];
  const rounded = average(xFull);
  const rest = tf.sub(xFull, rounded);
  const correction = average(rest);
  const variance = average(tf.square(tf.sub(rest, correction)));
  return [tf.reshape(tf.add(rounded, correction), shape), tf.reshape(variance, shape)];
}

/** y of given statistics. */
export function composedNormalize(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: tf.Tensor | undefined,
  beta: tf.Tensor | undefined,
  view: NormalizationView,
  epsilon: number,
): tf.Tensor {
  const { channel } = layout(view);
  const { xhat } = standardized(x, mean, variance, view, epsilon);
  const scaled = gamma === undefined ? xhat : tf.mul(xhat, tf.reshape(gamma, channel));
  const y = beta === undefined ? scaled : tf.add(scaled, tf.reshape(beta, channel));
  return tf.reshape(y, x.shape);
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
