/** dx, and in the same dispatch dGamma and dBeta. */
import { elementsPerStatistic, type NormalizationView, statisticsShape } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Scope } from '../device/scope.js';
import type { Task } from '../device/task.js';
import type { Layout } from '../layouts/layout.js';
import { inputGradient, type SumSource } from '../programs/inputGradient.js';
import { mergeChannelSums } from '../programs/mergeSums.js';
import type { SumInputs } from '../programs/sumPieces.js';
import { type ChannelGradients, channelOutputs, runPieceSums, statisticSumsTask } from './gradientSums.js';
import { gridOfElements, mergesApart } from './pieces.js';
import { run } from './run.js';

export function inputGradientTask(
  scope: Scope,
  layout: Layout,
  { dy, x, gamma, epsilon }: SumInputs,
  source: SumSource,
  dx: tf.TensorInfo,
  view: NormalizationView,
): Task {
  const elements = elementsPerStatistic(view);
  const inputs = { dy, x, gamma, epsilon, elements, centered: view.centered };
  return inputGradient(layout, gridOfElements(scope, layout), inputs, source, dx);
}

/** Two dispatches, or three for many records. */
export function runBackward(
  scope: Scope,
  layout: Layout,
  inputs: SumInputs,
  view: NormalizationView,
): ChannelGradients & { dx: tf.TensorInfo } {
  const pieces = runPieceSums(scope, layout, inputs, view);
  const gradients = channelOutputs(scope, view);
  const dx = scope.output(inputs.x.shape);
  const channels = mergeChannelSums(pieces.channels, scope.parallelism.mergeTeam, gradients);
  let source: SumSource = pieces;
  if (mergesApart(layout, view, pieces.pieces)) {
    const shape = statisticsShape(view);
    const sums = { sumDy: scope.scratch(shape), sumDyXhat: scope.scratch(shape) };
    run(scope, layout, statisticSumsTask(scope, layout, pieces, inputs.gamma, sums));
    source = { mean: inputs.mean, variance: inputs.variance, ...sums };
  }
  run(scope, layout, inputGradientTask(scope, layout, inputs, source, dx, view), channels);
  return { dx, ...gradients };
}
