/** Mean and variance: records of pieces in one dispatch, and the task that merges them in the next. */
import { type NormalizationView, statisticsShape } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scope } from '../device/scope.js';
import type { Layout } from '../layouts/layout.js';
import { mergeMoments } from '../programs/mergeMoments.js';
import { momentPieces } from '../programs/momentPieces.js';
import { gridOfPieces, type Pieces, recordBuffer } from './pieces.js';
import { run } from './run.js';

export interface Moments {
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
}

export function momentOutputs(scope: Scope, view: NormalizationView): Moments {
  const shape = statisticsShape(view);
  return { mean: scope.output(shape), variance: scope.output(shape) };
}

/** One dispatch, which reads x once. */
export function runMomentPieces(
  scope: Scope,
  layout: Layout,
  x: tf.TensorInfo,
  { centered }: NormalizationView,
): Pieces {
  const grid = gridOfPieces(scope, layout);
  const records = recordBuffer(scope, layout, grid);
  run(scope, layout, momentPieces(layout, grid, x, records, centered));
  return { records, pieces: grid.pieces };
}

export const mergeTask = (
  { parallelism }: Scope,
  layout: Layout,
  { records, pieces }: Pieces,
  { mean, variance }: Moments,
) =>
  mergeMoments(
    layout,
    parallelism.mergeTeam,
    pieces,
    tf.util.sizeFromShape(mean.shape),
    records,
    mean,
    variance,
  );
