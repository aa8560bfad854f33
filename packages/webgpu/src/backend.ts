/** The backend contract in dispatches on tfjs's WebGPU device. Results stay on the GPU; nothing is read back. */
import {
  elementsPerStatistic,
  type NormalizationBackend,
  type NormalizationView,
  statisticsShape,
} from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { dispatch } from './device/dispatch.js';
import { operate, type Scope } from './device/scope.js';
import type { Task } from './device/task.js';
import { download } from './device/tracking.js';
import { type Grid, gridOf } from './layouts/grid.js';
import { channelsOfRows, type Layout, layoutOf } from './layouts/layout.js';
import { forwardWhole } from './programs/forwardWhole.js';
import { inputGradient, type SumSource } from './programs/inputGradient.js';
import { mergeMoments } from './programs/mergeMoments.js';
import { type ChannelRecords, mergeChannelSums, mergeStatisticSums } from './programs/mergeSums.js';
import { momentPieces } from './programs/momentPieces.js';
import { movingAverage } from './programs/movingAverage.js';
import { type MomentSource, normalize } from './programs/normalize.js';
import { type SumInputs, sumColumns, sumUnits } from './programs/sumPieces.js';
import { toFloats } from './programs/toFloats.js';

/** Pieces that a unit is split in, at most, if their records are merged. */
const MOST_PIECES = 128;
/** Pieces that an element-wise pass splits a unit in: as many as it takes to keep a GPU busy. */
const ANY_NUMBER = Number.POSITIVE_INFINITY;
/** Records that a thread of an element-wise pass merges for itself, at most; beyond, a dispatch of its own does it. */
const MOST_RECORDS = 1024;

const run = (scope: Scope, { vector }: Layout, ...tasks: Task[]): void => dispatch(scope, { vector, tasks });

const recordBuffer = (scope: Scope, count: number): tf.TensorInfo => scope.scratch([count, 4]);

/** The tensor as float32 on the GPU: tfjs casts integers without changing their data. */
function floats(scope: Scope, info: tf.TensorInfo): tf.TensorInfo {
  if (scope.backend.tensorMap.get(info.dataId).dtype === 'float32') return info;
  const result = scope.scratch(info.shape);
  const length = tf.util.sizeFromShape(info.shape);
  dispatch(scope, { vector: false, tasks: [toFloats(info, result, length)] });
  return result;
}

const optional = (scope: Scope, info: tf.TensorInfo | undefined): tf.TensorInfo | undefined =>
  info && floats(scope, info);

/** How many units or matrices have pieces, and how many records a piece leaves. */
const recordCount = (layout: Layout, { pieces }: Grid): number =>
  layout.walk === 'segments' ? layout.units * pieces : layout.batches * pieces * layout.channels;

interface Pieces {
  readonly records: tf.TensorInfo;
  readonly pieces: number;
}

function runMomentPieces(
  scope: Scope,
  layout: Layout,
  x: tf.TensorInfo,
  { centered }: NormalizationView,
): Pieces {
  const grid = gridOf(layout, MOST_PIECES);
  const records = recordBuffer(scope, recordCount(layout, grid));
  run(scope, layout, momentPieces(layout, grid, x, records, centered));
  return { records, pieces: grid.pieces };
}

interface Moments {
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
}

function momentOutputs(scope: Scope, view: NormalizationView): Moments & { statistics: number } {
  const shape = statisticsShape(view);
  const statistics = tf.util.sizeFromShape(shape);
  return { mean: scope.output(shape), variance: scope.output(shape), statistics };
}

/** Whether each thread that normalizes columns would have to merge more records than is worth it. */
const isWide = (layout: Layout, { channels, groups }: NormalizationView, pieces: number): boolean =>
  layout.walk === 'columns' && (channels / groups) * pieces > MOST_RECORDS;

/** What one pass over dy and x leaves: records of statistics, and where those of channels are. */
interface Sums extends Pieces {
  readonly channels: ChannelRecords;
}

function runSums(scope: Scope, layout: Layout, inputs: SumInputs, view: NormalizationView): Sums {
  const grid = gridOf(layout, MOST_PIECES);
  const { pieces } = grid;
  const records = recordBuffer(scope, recordCount(layout, grid));
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
  const columnGrid = gridOf(columns, MOST_PIECES);
  const channelRecords = recordBuffer(scope, recordCount(columns, columnGrid));
  run(
    scope,
    layout,
    units,
    sumColumns(columns, columnGrid, inputs, channelRecords, { statisticOfRow: true }),
  );
  const channels: ChannelRecords = {
    name: 'channelRecords',
    layout: columns,
    records: channelRecords,
    pieces: columnGrid.pieces,
    count: columnGrid.pieces,
  };
  return { records, pieces, channels };
}

function gradientInputs(scope: Scope, inputs: SumInputs): SumInputs {
  const { dy, x, mean, variance, gamma, epsilon } = inputs;
  return {
    dy: floats(scope, dy),
    x: floats(scope, x),
    mean: floats(scope, mean),
    variance: floats(scope, variance),
    gamma: optional(scope, gamma),
    epsilon,
  };
}

function dxTask(
  layout: Layout,
  { dy, x, gamma, epsilon }: SumInputs,
  source: SumSource,
  dx: tf.TensorInfo,
  view: NormalizationView,
): Task {
  const elements = elementsPerStatistic(view);
  const inputs = { dy, x, gamma, epsilon, elements, centered: view.centered };
  return inputGradient(layout, gridOf(layout, ANY_NUMBER), inputs, source, dx);
}

const channelOutputs = (scope: Scope, { channels }: NormalizationView) => ({
  dGamma: scope.output([channels]),
  dBeta: scope.output([channels]),
});

function runGradientSums(scope: Scope, layout: Layout, inputs: SumInputs, view: NormalizationView) {
  const { records, pieces, channels } = runSums(scope, layout, inputs, view);
  const gradients = channelOutputs(scope, view);
  const shape = statisticsShape(view);
  const sums = { sumDy: scope.output(shape), sumDyXhat: scope.output(shape) };
  const statistics = tf.util.sizeFromShape(shape);
  run(
    scope,
    layout,
    mergeStatisticSums(layout, pieces, statistics, records, inputs.gamma, sums),
    mergeChannelSums(channels, gradients),
  );
  return { ...gradients, ...sums };
}

/** Kernels for the tfjs backend 'webgpu'. */
export const webgpuBackend: NormalizationBackend = {
  name: 'webgpu',

  moments: (x, view) =>
    operate((scope) => {
      const layout = layoutOf(view);
      const { records, pieces } = runMomentPieces(scope, layout, floats(scope, x), view);
      const { mean, variance, statistics } = momentOutputs(scope, view);
      run(scope, layout, mergeMoments(layout, pieces, statistics, records, mean, variance));
      return { mean, variance };
    }),

  normalize: (x, mean, variance, gamma, beta, view, epsilon) =>
    operate((scope) => {
      const layout = layoutOf(view);
      const y = scope.output(x.shape);
      const source = { mean: floats(scope, mean), variance: floats(scope, variance) };
      const affine = { gamma: optional(scope, gamma), beta: optional(scope, beta) };
      const grid = gridOf(layout, ANY_NUMBER);
      run(scope, layout, normalize(layout, grid, floats(scope, x), source, affine, y, epsilon));
      return y;
    }),

  forward: (x, gamma, beta, view, epsilon) =>
    operate((scope) => {
      const layout = layoutOf(view);
      const data = floats(scope, x);
      const affine = { gamma: optional(scope, gamma), beta: optional(scope, beta) };
      const y = scope.output(x.shape);
      const { mean, variance, statistics } = momentOutputs(scope, view);
      if (layout.walk === 'segments' && layout.statisticUnits === 1) {
        const grid = gridOf(layout, MOST_PIECES);
        if (grid.pieces === 1) {
          run(
            scope,
            layout,
            forwardWhole(layout, grid, data, affine, { y, mean, variance }, view.centered, epsilon),
          );
          return { y, mean, variance };
        }
      }
      const source = runMomentPieces(scope, layout, data, view);
      const merge = mergeMoments(layout, source.pieces, statistics, source.records, mean, variance);
      const normalized = (given: MomentSource) =>
        normalize(layout, gridOf(layout, ANY_NUMBER), data, given, affine, y, epsilon);
      if (isWide(layout, view, source.pieces)) {
        run(scope, layout, merge);
        run(scope, layout, normalized({ mean, variance }));
      } else run(scope, layout, normalized(source), merge);
      return { y, mean, variance };
    }),

  gradientSums: (dy, x, mean, variance, gamma, view, epsilon) =>
    operate((scope) => {
      const inputs = gradientInputs(scope, { dy, x, mean, variance, gamma, epsilon });
      return runGradientSums(scope, layoutOf(view), inputs, view);
    }),

  inputGradient: (dy, x, mean, variance, gamma, { sumDy, sumDyXhat }, view, epsilon) =>
    operate((scope) => {
      const layout = layoutOf(view);
      const inputs = gradientInputs(scope, { dy, x, mean, variance, gamma, epsilon });
      const sums = { sumDy: floats(scope, sumDy), sumDyXhat: floats(scope, sumDyXhat) };
      const dx = scope.output(x.shape);
      const source = { mean: inputs.mean, variance: inputs.variance, ...sums };
      run(scope, layout, dxTask(layout, inputs, source, dx, view));
      return dx;
    }),

  backward: (dy, x, mean, variance, gamma, view, epsilon) =>
    operate((scope) => {
      const layout = layoutOf(view);
      const inputs = gradientInputs(scope, { dy, x, mean, variance, gamma, epsilon });
      const sums = runSums(scope, layout, inputs, view);
      const gradients = channelOutputs(scope, view);
      const dx = scope.output(x.shape);
      const channelTask = mergeChannelSums(sums.channels, gradients);
      if (isWide(layout, view, sums.pieces)) {
        const shape = statisticsShape(view);
        const merged = { sumDy: scope.scratch(shape), sumDyXhat: scope.scratch(shape) };
        const statistics = tf.util.sizeFromShape(shape);
        run(
          scope,
          layout,
          mergeStatisticSums(layout, sums.pieces, statistics, sums.records, inputs.gamma, merged),
        );
        const source = { mean: inputs.mean, variance: inputs.variance, ...merged };
        run(scope, layout, dxTask(layout, inputs, source, dx, view), channelTask);
      } else run(scope, layout, dxTask(layout, inputs, sums, dx, view), channelTask);
      return { dx, ...gradients };
    }),

  movingAverage: (average, value, keep, weight) =>
    operate((scope) => {
      const result = scope.output(average.shape);
      const length = tf.util.sizeFromShape(average.shape);
      const task = movingAverage(floats(scope, average), floats(scope, value), result, length, {
        keep,
        weight,
      });
      dispatch(scope, { vector: false, tasks: [task] });
      return result;
    }),

  leave: download,
};
