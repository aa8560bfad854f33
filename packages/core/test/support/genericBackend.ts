/** A backend made of generic tfjs ops, so that core can be tested without any of the real ones. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { elementsPerStatistic, type NormalizationBackend, type NormalizationView } from '../../src/index.js';

/** The axes of a tensor that has been reshaped to [batch, outer, groups, channels per group, inner]. */
function axes({ batch, outer, channels, inner, groups, acrossBatch }: NormalizationView) {
  const channelsPerGroup = channels / groups;
  return {
    full: [batch, outer, groups, channelsPerGroup, inner],
    perChannel: [1, 1, groups, channelsPerGroup, 1],
    perStatistic: [acrossBatch ? 1 : batch, 1, groups, 1, 1],
    withinStatistic: acrossBatch ? [0, 1, 3, 4] : [1, 3, 4],
    statistics: acrossBatch ? [channels] : [batch, groups],
  };
}

function standardized(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  view: NormalizationView,
  epsilon: number,
) {
  const { full, perStatistic } = axes(view);
  const deviation = tf.sqrt(tf.add(tf.reshape(variance, perStatistic), epsilon));
  const centered = tf.sub(tf.reshape(x, full), tf.reshape(mean, perStatistic));
  return { xhat: tf.div(centered, deviation), deviation };
}

function scaled(dy: tf.Tensor, gamma: tf.Tensor | undefined, view: NormalizationView) {
  const { full, perChannel } = axes(view);
  const dyFull = tf.reshape(dy, full);
  return gamma ? tf.mul(dyFull, tf.reshape(gamma, perChannel)) : dyFull;
}

/** Kernels for whichever tfjs backend has the generic ops; by default tfjs's cpu backend. */
export const genericBackend = {
  name: 'cpu',

  moments: (x, view) =>
    tf.tidy(() => {
      const { full, statistics, withinStatistic } = axes(view);
      const values = tf.reshape(x, full);
      if (!view.centered) {
        const meanSquare = tf.mean(tf.square(values), withinStatistic);
        return { mean: tf.zeros(statistics), variance: tf.reshape(meanSquare, statistics) };
      }
      const { mean, variance } = tf.moments(values, withinStatistic);
      return { mean: tf.reshape(mean, statistics), variance: tf.reshape(variance, statistics) };
    }),

  normalize: (x, mean, variance, gamma, beta, view, epsilon) =>
    tf.tidy(() => {
      const { perChannel } = axes(view);
      let { xhat: y } = standardized(x, mean, variance, view, epsilon);
      if (gamma) y = tf.mul(y, tf.reshape(gamma, perChannel));
      if (beta) y = tf.add(y, tf.reshape(beta, perChannel));
      return tf.reshape(y, x.shape);
    }),

  gradientSums: (dy, x, mean, variance, gamma, view, epsilon) =>
    tf.tidy(() => {
      const { full, statistics, withinStatistic } = axes(view);
      const { xhat } = standardized(x, mean, variance, view, epsilon);
      const dyFull = tf.reshape(dy, full);
      const gammaDy = scaled(dy, gamma, view);
      const perChannel = (terms: tf.Tensor) => tf.reshape(tf.sum(terms, [0, 1, 4]), [view.channels]);
      const perStatistic = (terms: tf.Tensor) => tf.reshape(tf.sum(terms, withinStatistic), statistics);
      return {
        dGamma: perChannel(tf.mul(dyFull, xhat)),
        dBeta: perChannel(dyFull),
        sumDy: perStatistic(gammaDy),
        sumDyXhat: perStatistic(tf.mul(gammaDy, xhat)),
      };
    }),

  inputGradient: (dy, x, mean, variance, gamma, { sumDy, sumDyXhat }, view, epsilon) =>
    tf.tidy(() => {
      const { perStatistic } = axes(view);
      const { xhat, deviation } = standardized(x, mean, variance, view, epsilon);
      const average = (sums: tf.Tensor) => tf.div(tf.reshape(sums, perStatistic), elementsPerStatistic(view));
      let rest = tf.sub(scaled(dy, gamma, view), tf.mul(xhat, average(sumDyXhat)));
      if (view.centered) rest = tf.sub(rest, average(sumDy));
      return tf.reshape(tf.div(rest, deviation), x.shape);
    }),
} satisfies NormalizationBackend;

/** A tfjs backend of another name that has all of the cpu backend's ops. */
export function addTfjsBackend(name: string): void {
  tf.registerBackend(name, tf.findBackendFactory('cpu'));
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    const { kernelName } = kernel;
    if (tf.getKernel(kernelName, name)) tf.unregisterKernel(kernelName, name);
    tf.registerKernel({ ...kernel, backendName: name });
  }
}
