/** Sums over dy and x, for statistics and for channels. */
import { type NormalizationView, statisticsShape } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scope } from '../device/scope.js';
import { channelsOfRows, type Layout } from '../layouts/layout.js';
import { type ChannelRecords, mergeChannelSums, mergeStatisticSums } from '../programs/mergeSums.js';
import { type SumInputs, sumColumns, sumUnits } from '../programs/sumPieces.js';
import { gridOfPieces, type Pieces, recordBuffer } from './pieces.js';
import { run } from './run.js';

/** What one pass over dy and x leaves: records of statistics, and where those of channels are. */
export interface PieceSums extends Pieces {
  readonly channels: ChannelRecords;
}

/** One dispatch, which reads dy and x once, or twice if each element of a unit has its own gamma. */
export function runPieceSums(
  scope: Scope,
  layout: Layout,
  inputs: SumInputs,
  view: NormalizationView,
): PieceSums {
  const grid = gridOfPieces(scope, layout);
  const { pieces } = grid;
  const records = recordBuffer(scope, layout, grid);
  const name = 'sumRecords';
  if (layout.walk === 'columns') {
    run(scope, layout, sumColumns(layout, grid, inputs, records, { statisticOfRow: false }));
    return { records, pieces, channels: { name, layout, records, pieces, count: layout.batches * pieces } };
  }
  const units = sumUnits(layout, grid, inputs, records);
  if (!layout.ownParameters) {
    run(scope, layout, units);
    const count = (layout.units / layout.channels) * pieces;
    return { records, pieces, channels: { name, layout, records, pieces, count } };
  }
  const columns = channelsOfRows(layout, view);
  const columnGrid = gridOfPieces(scope, columns);
  const channelRecords = recordBuffer(scope, columns, columnGrid);
  const ofChannels = sumColumns(columns, columnGrid, inputs, channelRecords, { statisticOfRow: true });
  run(scope, layout, units, ofChannels);
  const channels: ChannelRecords = {
    name: 'channelRecords',
    layout: columns,
    records: channelRecords,
    pieces: columnGrid.pieces,
    count: columnGrid.pieces,
  };
  return { records, pieces, channels };
}

export interface ChannelGradients {
  readonly dGamma: tf.TensorInfo;
  readonly dBeta: tf.TensorInfo;
}

export const channelOutputs = (scope: Scope, { channels }: NormalizationView): ChannelGradients => ({
  dGamma: scope.output([channels]),
  dBeta: scope.output([channels]),
});

export interface StatisticSums {
  readonly sumDy: tf.TensorInfo;
  readonly sumDyXhat: tf.TensorInfo;
}

export const statisticSumsTask = (
  { parallelism }: Scope,
  layout: Layout,
  { records, pieces }: Pieces,
  gamma: tf.TensorInfo | undefined,
  sums: StatisticSums,
) =>
  mergeStatisticSums(
    layout,
    parallelism.mergeTeam,
    pieces,
    tf.util.sizeFromShape(sums.sumDy.shape),
    records,
    gamma,
    sums,
  );

/** Two dispatches. */
export function runGradientSums(
  scope: Scope,
  layout: Layout,
  inputs: SumInputs,
  view: NormalizationView,
): ChannelGradients & StatisticSums {
  const pieces = runPieceSums(scope, layout, inputs, view);
  const gradients = channelOutputs(scope, view);
  const shape = statisticsShape(view);
  const sums = { sumDy: scope.output(shape), sumDyXhat: scope.output(shape) };
  run(
    scope,
    layout,
    statisticSumsTask(scope, layout, pieces, inputs.gamma, sums),
    mergeChannelSums(pieces.channels, scope.parallelism.mergeTeam, gradients),
  );
  return { ...gradients, ...sums };
}
