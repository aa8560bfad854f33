/**
 * The steps of an operation on columns, tile by tile: sums by segments of rows, what merges them, an element-wise pass. See
 * columns.ts and columnFactors.ts in assembly/.
 */
import type { Executor } from './executor.js';
import type { Kernels, Operation } from './kernels.js';
import type { Plan, Pointers } from './plans.js';

/** What the steps of one tile are told. */
interface Tile {
  readonly executor: Executor;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly rows: number;
  readonly segments: number;
  /** Rows, channels. */
  readonly sizes: readonly number[];
  /** Channels, and epsilon. */
  readonly channels: number;
  readonly epsilon: number;
  /** First column. */
  readonly c: number;
  readonly factors: number;
  readonly totals: number;
}

export function columnsPlan(
  operation: Operation,
  rows: number,
  channels: number,
  epsilon: number | undefined,
  kernels: Kernels,
): Plan {
  const segments = Math.ceil(rows / kernels.columnsPerSegment(rows, channels));
  const tileBytes = kernels.TILE_BYTES.value;
  const width = kernels.TILE.value;
  return {
    sharedBytes: tileBytes + segments * kernels.TOTALS_BYTES.value,
    threadBytes: tileBytes,
    execute(executor, { inputs, outputs, shared }: Pointers) {
      const sizes = [rows, channels];
      const totals = shared + tileBytes;
      for (let c = 0; c < channels; c += width) {
        steps[operation]({
          executor,
          inputs,
          outputs,
          rows,
          segments,
          sizes,
          channels,
          epsilon: epsilon ?? 0,
          c,
          factors: shared,
          totals,
        });
      }
    },
  };
}

const steps: Record<Operation, (tile: Tile) => void> = {
  Moments(tile) {
    statistics(tile, tile.inputs[0]!);
    const { executor, outputs, sizes, c, factors, totals } = tile;
    executor.alone('columnsFinishMoments', [...outputs, ...sizes, c, factors, totals]);
  },

  Normalize(tile) {
    const { executor, inputs, outputs, channels, epsilon, c, factors } = tile;
    const [x, ...statisticsAndParameters] = inputs;
    executor.alone('columnsNormalizeFactors', [...statisticsAndParameters, channels, epsilon, c, factors]);
    applyNormalize(tile, x!, outputs[0]!);
  },

  Forward(tile) {
    const { executor, inputs, outputs, sizes, epsilon, c, factors, totals } = tile;
    const [x, gamma, beta] = inputs as [number, number, number];
    const [y, mean, variance] = outputs as [number, number, number];
    statistics(tile, x);
    const tensors = [gamma, beta, mean, variance];
    executor.alone('columnsFinishForward', [...tensors, ...sizes, epsilon, c, factors, totals]);
    applyNormalize(tile, x, y);
  },

  GradientSums(tile) {
    const { executor, inputs, outputs, sizes, epsilon, c, factors, totals } = tile;
    const [dy, x, mean, variance, gamma] = inputs as [number, number, number, number, number];
    sums(tile, dy, x, mean);
    const tensors = [variance, gamma, ...outputs];
    executor.alone('columnsFinishSums', [...tensors, ...sizes, epsilon, c, factors, totals]);
  },

  InputGradient(tile) {
    const { executor, inputs, outputs, sizes, epsilon, c, factors } = tile;
    const [dy, x, ...others] = inputs as [number, number, ...number[]];
    executor.alone('columnsInputGradientFactors', [...others, ...sizes, epsilon, c, factors]);
    applyInputGradient(tile, dy, x, outputs[0]!);
  },

  Backward(tile) {
    const { executor, inputs, outputs, sizes, epsilon, c, factors, totals } = tile;
    const [dy, x, mean, variance, gamma] = inputs as [number, number, number, number, number];
    const [dx, dGamma, dBeta] = outputs as [number, number, number];
    sums(tile, dy, x, mean);
    const tensors = [mean, variance, gamma, dGamma, dBeta];
    executor.alone('columnsFinishBackward', [...tensors, ...sizes, epsilon, c, factors, totals]);
    applyInputGradient(tile, dy, x, dx);
  },
};

function statistics({ executor, sizes, c, totals, segments }: Tile, x: number): void {
  executor.range('columnsStatistics', [x, ...sizes, c, totals], segments);
}

function sums({ executor, sizes, c, totals, segments }: Tile, dy: number, x: number, mean: number): void {
  executor.range('columnsSums', [dy, x, mean, ...sizes, c, totals], segments);
}

/** Backwards, since the rows that the sums read last are still in the cache. */
function applyNormalize({ executor, channels, c, factors, rows }: Tile, x: number, y: number): void {
  executor.range('columnsApplyNormalize', [x, y, channels, c, factors], rows, true);
}

function applyInputGradient(tile: Tile, dy: number, x: number, dx: number): void {
  const { executor, channels, c, factors, rows } = tile;
  executor.range('columnsApplyInputGradient', [dy, x, dx, channels, c, factors], rows, true);
}
