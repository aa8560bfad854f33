/** The runs of a comparison: every combination of what is compared. */
import type { Norm, Placement } from '../model/architecture.js';

/** Lists of what to combine. */
export interface Grid {
  readonly norms: readonly Norm[];
  readonly placements: readonly Placement[];
  readonly batchSizes: readonly number[];
  readonly learningRates: readonly number[];
  readonly seeds: readonly number[];
}

/** One combination. */
export interface Cell {
  readonly norm: Norm;
  readonly placement: Placement;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** Seeds vary slowest, so that an interrupted comparison has whole grids; `none` has no placement, and one is enough. */
export function cellsOf({ norms, placements, batchSizes, learningRates, seeds }: Grid): Cell[] {
  return seeds.flatMap((seed) =>
    learningRates.flatMap((learningRate) =>
      batchSizes.flatMap((batchSize) =>
        norms.flatMap((norm) =>
          (norm === 'none' ? placements.slice(0, 1) : placements).map((placement) => ({
            norm,
            placement,
            batchSize,
            learningRate,
            seed,
          })),
        ),
      ),
    ),
  );
}

/** The name of a combination's folder, for example batch-before-b256-lr0.9-s0. */
export const cellName = ({ norm, placement, batchSize, learningRate, seed }: Cell): string =>
  `${norm}-${placement}-b${batchSize}-lr${learningRate}-s${seed}`;
