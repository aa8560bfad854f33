/** The backend contract in draws on tfjs's WebGL context. Results stay on the GPU; nothing is read back. */
import {
  elementsPerStatistic,
  type NormalizationBackend,
  type NormalizationView,
  statisticsShape,
} from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import { drawInputGradient, drawNormalize } from './passes/elementwise.js';
import { drawChannelSums, drawStatisticSums } from './passes/gradientSums.js';
import { foldedOf, smallInput } from './passes/inputs.js';
import { drawMoments } from './passes/moments.js';
import { movingAverage } from './programs/movingAverage.js';
import { backwardStatistics, forwardStatistics } from './programs/statistics.js';
import { draw, type Input } from './textures/draw.js';
import { type Output, operate, type Scope } from './textures/scope.js';

/** Gamma and beta, as far as they go into statistic texels: where each statistic is of one channel. */
function parametersOf(
  scope: Scope,
  { acrossBatch }: NormalizationView,
  gamma: tf.TensorInfo | undefined,
  beta: tf.TensorInfo | undefined,
) {
  const folded: Input[] = [];
  if (acrossBatch && gamma) folded.push(smallInput(scope, 'gamma', gamma));
  if (acrossBatch && beta) folded.push(smallInput(scope, 'beta', beta));
  return { folded, applied: acrossBatch ? {} : { gamma, beta } };
}

/** Statistic texels of given tensors, by their names in the shader. */
function statisticsOf(
  scope: Scope,
  source: string,
  tensors: Readonly<Record<string, tf.TensorInfo>>,
  view: NormalizationView,
  epsilon: number,
  parameters: readonly Input[] = [],
): Output {
  const texels = scope.statisticTexels(statisticsShape(view));
  draw(scope.backend, {
    source,
    inputs: [...Object.entries(tensors).map(([name, info]) => smallInput(scope, name, info)), ...parameters],
    uniforms: { epsilon, elements: elementsPerStatistic(view) },
    targets: [texels],
  });
  return texels;
}

/** Kernels for the tfjs backend 'webgl'. */
export const webglBackend: NormalizationBackend = {
  name: 'webgl',

  moments: (x, view) =>
    operate((scope) => {
      const { mean, variance } = drawMoments(scope, x, view, 1);
      return { mean: mean.info, variance: variance.info };
    }),

  normalize: (x, mean, variance, gamma, beta, view, epsilon) =>
    operate((scope) => {
      const { folded, applied } = parametersOf(scope, view, gamma, beta);
      const source = forwardStatistics(foldedOf(folded));
      const statistics = statisticsOf(scope, source, { mean, variance }, view, epsilon, folded);
      return drawNormalize(scope, x, statistics, applied, view).info;
    }),

  forward: (x, gamma, beta, view, epsilon) =>
    operate((scope) => {
      const { folded, applied } = parametersOf(scope, view, gamma, beta);
      const { mean, variance, statistics } = drawMoments(scope, x, view, epsilon, folded);
      const y = drawNormalize(scope, x, statistics, applied, view);
      return { y: y.info, mean: mean.info, variance: variance.info };
    }),

  gradientSums: (dy, x, mean, variance, gamma, view, epsilon) =>
    operate((scope) => {
      const inputs = { dy, x, mean, variance, gamma, view, epsilon };
      const sums = drawStatisticSums(scope, inputs, true);
      const { dGamma, dBeta } = drawChannelSums(scope, inputs, sums);
      return {
        dGamma: dGamma.info,
        dBeta: dBeta.info,
        sumDy: sums.sumDy.info,
        sumDyXhat: sums.sumDyXhat.info,
      };
    }),

  inputGradient: (dy, x, mean, variance, gamma, { sumDy, sumDyXhat }, view, epsilon) =>
    operate((scope) => {
      const tensors = { mean, variance, sumDy, sumDyXhat };
      const statistics = statisticsOf(
        scope,
        backwardStatistics({ centered: view.centered }),
        tensors,
        view,
        epsilon,
      );
      return drawInputGradient(scope, dy, x, statistics, gamma, view).info;
    }),

  backward: (dy, x, mean, variance, gamma, view, epsilon) =>
    operate((scope) => {
      const inputs = { dy, x, mean, variance, gamma, view, epsilon };
      const sums = drawStatisticSums(scope, inputs, false);
      const { dGamma, dBeta } = drawChannelSums(scope, inputs, sums);
      const applied = view.acrossBatch ? undefined : gamma;
      const dx = drawInputGradient(scope, dy, x, sums.statistics, applied, view);
      return { dx: dx.info, dGamma: dGamma.info, dBeta: dBeta.info };
    }),

  movingAverage: (average, value, keep, weight) =>
    operate((scope) => {
      const length = average.shape.reduce((a, b) => a * b, 1);
      const { info, ...target } = scope.vector(length);
      draw(scope.backend, {
        source: movingAverage,
        inputs: [smallInput(scope, 'average', average), smallInput(scope, 'value', value)],
        uniforms: { keep, weight, count: length },
        targets: [target],
      });
      return { ...info, shape: average.shape };
    }),
};
