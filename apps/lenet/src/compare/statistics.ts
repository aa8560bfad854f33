/** Results of the same cell but for the seed, brought together. */
import type { EpochMetrics } from '../training/state.js';
import type { Cell } from './grid.js';
import type { Result } from './results.js';

/** A cell whatever its seed. */
export interface Series extends Omit<Cell, 'seed'> {
  readonly results: readonly Result[];
}

export interface Spread {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** In the order of the results. */
export function seriesOf(results: readonly Result[]): Series[] {
  const byKey = new Map<string, Result[]>();
  for (const result of results) {
    const { norm, placement, batchSize, learningRate } = result;
    const key = JSON.stringify([norm, placement, batchSize, learningRate]);
    const group = byKey.get(key);
    if (group) group.push(result);
    else byKey.set(key, [result]);
  }
  return [...byKey.values()].map((group) => {
    const { norm, placement, batchSize, learningRate } = group[0]!;
    return { norm, placement, batchSize, learningRate, results: group };
  });
}

/** Over the seeds that got so far; nothing where none did. */
export function spreadOf(
  { results }: Series,
  value: (metrics: EpochMetrics) => number,
  epoch?: number,
): Spread | undefined {
  const values = results
    .filter(({ outcome }) => outcome === 'finished')
    .map(({ history }) => value(epoch === undefined ? history.at(-1)! : history[epoch - 1]!));
  if (values.length === 0) return undefined;
  return {
    mean: values.reduce((sum, one) => sum + one, 0) / values.length,
    low: Math.min(...values),
    high: Math.max(...values),
  };
}
