/** The backend contract in dispatches on tfjs's WebGPU device. Results stay on the GPU; nothing is read back. */
import type { NormalizationBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { dispatch } from './device/dispatch.js';
import { download } from './device/reading.js';
import { operate, type Scope } from './device/scope.js';

import { layoutOf } from './layouts/layout.js';
import { inputGradientTask, runBackward } from './passes/backward.js';
import { runForward } from './passes/forward.js';
import { runGradientSums } from './passes/gradientSums.js';
import { floats, optionalFloats } from './passes/inputs.js';
import { mergeTask, momentOutputs, runMomentPieces } from './passes/moments.js';
import { gridOfElements } from './passes/pieces.js';
import { run } from './passes/run.js';
import { movingAverage } from './programs/movingAverage.js';
import { type Affine, normalize } from './programs/normalize.js';
import type { SumInputs } from './programs/sumPieces.js';

const affineOf = (
  scope: Scope,
  gamma: tf.TensorInfo | undefined,
  beta: tf.TensorInfo | undefined,
): Affine => ({ gamma: optionalFloats(scope, gamma), beta: optionalFloats(scope, beta) });

const gradientInputs = (scope: Scope, { dy, x, mean, variance, gamma, epsilon }: SumInputs): SumInputs => ({
  dy: floats(scope, dy),
  x: floats(scope, x),
  mean: floats(scope, mean),
  variance: floats(scope, variance),
  gamma: optionalFloats(scope, gamma),
  epsilon,
});

/** Kernels for the tfjs backend 'webgpu'. */
export const webgpuBackend: NormalizationBackend = {
  name: 'webgpu',

  moments: (x, view) =>
    operate((scope) => {
      const layout = layoutOf(view, scope.parallelism);
      const pieces = runMomentPieces(scope, layout, floats(scope, x), view);
      const outputs = momentOutputs(scope, view);
      run(scope, layout, mergeTask(scope, layout, pieces, outputs));
      return outputs;
    }),

  normalize: (x, mean, variance, gamma, beta, view, epsilon) =>
    operate((scope) => {
      const layout = layoutOf(view, scope.parallelism);
      const y = scope.output(x.shape);
      const source = { mean: floats(scope, mean), variance: floats(scope, variance) };
      const affine = affineOf(scope, gamma, beta);
      const grid = gridOfElements(scope, layout);
      run(scope, layout, normalize(layout, grid, floats(scope, x), source, affine, y, epsilon));
      return y;
    }),

  forward: (x, gamma, beta, view, epsilon) =>
    operate((scope) => {
      const affine = affineOf(scope, gamma, beta);
      return runForward(scope, layoutOf(view, scope.parallelism), floats(scope, x), affine, view, epsilon);
    }),

  gradientSums: (dy, x, mean, variance, gamma, view, epsilon) =>
    operate((scope) => {
      const inputs = gradientInputs(scope, { dy, x, mean, variance, gamma, epsilon });
      return runGradientSums(scope, layoutOf(view, scope.parallelism), inputs, view);
    }),

  inputGradient: (dy, x, mean, variance, gamma, { sumDy, sumDyXhat }, view, epsilon) =>
    operate((scope) => {
      const layout = layoutOf(view, scope.parallelism);
      const inputs = gradientInputs(scope, { dy, x, mean, variance, gamma, epsilon });
      const sums = { sumDy: floats(scope, sumDy), sumDyXhat: floats(scope, sumDyXhat) };
      const dx = scope.output(x.shape);
      const source = { mean: inputs.mean, variance: inputs.variance, ...sums };
      run(scope, layout, inputGradientTask(scope, layout, inputs, source, dx, view));
      return dx;
    }),

  backward: (dy, x, mean, variance, gamma, view, epsilon) =>
    operate((scope) => {
      const inputs = gradientInputs(scope, { dy, x, mean, variance, gamma, epsilon });
      return runBackward(scope, layoutOf(view, scope.parallelism), inputs, view);
    }),

  movingAverage: (average, value, keep, weight) =>
    operate((scope) => {
      const result = scope.output(average.shape);
      const length = tf.util.sizeFromShape(average.shape);
      const factors = { keep, weight };
      const task = movingAverage(floats(scope, average), floats(scope, value), result, length, factors);
      dispatch(scope, { vector: false, tasks: [task] });
      return result;
    }),

  leave: download,
};
