/**
 * The kernels' formulas in generic tfjs ops. tfjs differentiates those of the backward kernels, which gives the gradients of our
 * gradients; where no package has kernels for a tfjs backend, they are the kernels (composedBackend.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import { elementsPerStatistic, type NormalizationView, statisticsShape } from '../view.js';
import { factors, reduce } from './reduce.js';

interface Axis {
  size: number;
  /** Whether each of its positions has a statistic; else a statistic is over all of them. */
  readonly ofStatistic: boolean;
  /** Whether its positions are different channels. */
  readonly ofChannel: boolean;
}

/**
 * The view on as few axes as let every sum be a sum over whole axes: neighbours that take part in the same sums are one axis, and
 * axes of size 1 are left out. A backend's cost of an element grows with the rank that it broadcasts.
 */
function axesOf({ batch, outer, channels, inner, groups, acrossBatch }: NormalizationView): Axis[] {
  const axes: Axis[] = [
    { size: batch, ofStatistic: !acrossBatch, ofChannel: false },
    { size: outer, ofStatistic: false, ofChannel: false },
    { size: groups, ofStatistic: true, ofChannel: true },
    { size: channels / groups, ofStatistic: false, ofChannel: true },
    { size: inner, ofStatistic: false, ofChannel: false },
  ];
  const merged: Axis[] = [];
  for (const axis of axes.filter(({ size }) => size !== 1)) {
    const before = merged.at(-1);
    if (before?.ofStatistic === axis.ofStatistic && before.ofChannel === axis.ofChannel) {
      before.size *= axis.size;
    } else merged.push(axis);
  }
  return merged.flatMap(shortAxes);
}

/** An axis that no backend takes for too long: tfjs's webgl reads rows of more than 2^24 elements wrongly. */
function shortAxes(axis: Axis): Axis[] {
  return axis.size <= 2 ** 24 ? [axis] : factors(axis.size).map((size) => ({ ...axis, size }));
}

/** The shape of x, of statistics and of parameters per channel as they broadcast, and the axes that sums are over. */
function layout(view: NormalizationView) {
  const axes = axesOf(view);
  return {
    full: axes.map(({ size }) => size),
    statistic: broadcastShape(axes, 'ofStatistic'),
    channel: broadcastShape(axes, 'ofChannel'),
    statisticAxes: [...axes.keys()].filter((axis) => !axes[axis]!.ofStatistic),
    channelAxes: [...axes.keys()].filter((axis) => !axes[axis]!.ofChannel),
  };
}

/** Without leading axes of size 1: tfjs's cpu backend has a faster loop for a tensor that repeats as a whole. */
function broadcastShape(axes: Axis[], own: 'ofStatistic' | 'ofChannel'): number[] {
  const first = axes.findIndex((axis) => axis[own]);
  return first < 0 ? [] : axes.slice(first).map((axis) => (axis[own] ? axis.size : 1));
}

/** rstd and xhat, in the layout above. */
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

/** Tensors of the backward formulas, in the layout above. */
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
  const average = (values: tf.Tensor) => reduce(tf.mean, values, statisticAxes);
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
    tf.reshape(reduce(tf.sum, tf.mul(dyFull, xhat), channelAxes), [view.channels]),
    tf.reshape(reduce(tf.sum, dyFull, channelAxes), [view.channels]),
    tf.reshape(reduce(tf.sum, gammaDy, statisticAxes), mean.shape),
    tf.reshape(reduce(tf.sum, tf.mul(gammaDy, xhat), statisticAxes), mean.shape),
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
  const mean = view.centered ? reduce(tf.mean, xFull, statisticAxes) : tf.zeros(statistic);
  const variance = reduce(tf.mean, tf.square(tf.sub(xFull, mean)), statisticAxes);
  const [dGamma, dBeta, sumDy, sumDyXhat] = composedGradientSums(dy, x, mean, variance, gamma, view, epsilon);
  const dx = composedInputGradient(dy, x, mean, variance, gamma, sumDy, sumDyXhat, view, epsilon);
  return [dx, dGamma, dBeta];
}
