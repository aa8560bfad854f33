/** y, mean and variance: one dispatch if each statistic is one piece, two otherwise, three for many records. */
import type { NormalizationView } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Scope } from '../device/scope.js';
import type { Layout } from '../layouts/layout.js';
import { forwardWhole } from '../programs/forwardWhole.js';
import { type Affine, type MomentSource, normalize } from '../programs/normalize.js';
import { type Moments, mergeTask, momentOutputs, runMomentPieces } from './moments.js';
import { gridOfElements, gridOfPieces, mergesApart } from './pieces.js';
import { run } from './run.js';

export function runForward(
  scope: Scope,
  layout: Layout,
  x: tf.TensorInfo,
  affine: Affine,
  view: NormalizationView,
  epsilon: number,
): Moments & { y: tf.TensorInfo } {
  const outputs = { y: scope.output(x.shape), ...momentOutputs(scope, view) };
  if (layout.walk === 'segments' && layout.statisticUnits === 1) {
    const grid = gridOfPieces(scope, layout);
    if (grid.pieces === 1) {
      run(scope, layout, forwardWhole(layout, grid, x, affine, outputs, view.centered, epsilon));
      return outputs;
    }
  }
  const pieces = runMomentPieces(scope, layout, x, view);
  const merge = mergeTask(scope, layout, pieces, outputs);
  const normalized = (source: MomentSource) =>
    normalize(layout, gridOfElements(scope, layout), x, source, affine, outputs.y, epsilon);
  if (mergesApart(layout, view, pieces.pieces)) {
    run(scope, layout, merge);
    run(scope, layout, normalized(outputs));
  } else run(scope, layout, normalized(pieces), merge);
  return outputs;
}
