/** What the runs of a comparison came to, as rows and as CSV files. */
import { stringify } from 'csv-stringify/sync';
import type { EpochMetrics } from '../training/state.js';
import type { Cell } from './grid.js';
import type { Outcome } from './protocol.js';

/** One run that has ended. */
export interface Result extends Cell {
  /** The learning rate that the run used: that of the cell, or scaled with the batch size. */
  readonly stepSize: number;
  readonly outcome: Outcome;
  /** Why it did not finish. */
  readonly message: string;
  /** The finished epochs. */
  readonly history: readonly EpochMetrics[];
}

const cellColumns = ['norm', 'placement', 'batchSize', 'learningRate', 'stepSize', 'seed'] as const;
const metricColumns = [
  ...(['trainLoss', 'trainAccuracy', 'testLoss', 'testAccuracy'] as const),
  ...(['seconds', 'examplesPerSecond'] as const),
];

/** A row for each run, with the metrics of its last epoch. */
export function resultsCsv(results: readonly Result[]): string {
  const rows = results.map((result) => ({
    ...result.history.at(-1),
    ...result,
    epochs: result.history.length,
    bestTestAccuracy: Math.max(...result.history.map(({ testAccuracy }) => testAccuracy)),
  }));
  const columns = [...cellColumns, 'outcome', 'epochs', ...metricColumns, 'bestTestAccuracy', 'message'];
  return stringify(rows, { header: true, columns, cast: { number: csvNumber } });
}

/** A row for each epoch of each run. */
export function epochsCsv(results: readonly Result[]): string {
  const rows = results.flatMap(({ history, ...cell }) => history.map((metrics) => ({ ...cell, ...metrics })));
  return stringify(rows, { header: true, columns: [...cellColumns, 'epoch', ...metricColumns] });
}

/** What is not known stays empty. */
const csvNumber = (value: number): string => (Number.isFinite(value) ? String(value) : '');
