/** The curves as a file that spreadsheets and data frames read: every point of every run. */
import { csvFormat } from 'd3-dsv';
import { download } from './download.js';
import type { RunRecord } from './runRecord.js';

const columns = ['run', 'part', 'epochs', 'loss', 'accuracy', 'examplesPerSecond'] as const;

/** A row for each stretch of training, and for each epoch's test. */
export const curvesCsv = (runs: readonly (RunRecord & { readonly name: string })[]): string =>
  csvFormat(
    runs.flatMap(({ name, points, history }) => [
      ...points.map(({ at, loss, accuracy, examplesPerSecond }) => ({
        ...{ run: name, part: 'train', epochs: at },
        ...{ loss, accuracy, examplesPerSecond },
      })),
      ...history.map(({ epoch, testLoss, testAccuracy }) => ({
        ...{ run: name, part: 'test', epochs: epoch },
        ...{ loss: testLoss, accuracy: testAccuracy, examplesPerSecond: undefined },
      })),
    ]),
    [...columns],
  );

export const saveCurves = (runs: readonly (RunRecord & { readonly name: string })[]): void =>
  download(new Blob([curvesCsv(runs)], { type: 'text/csv' }), 'lenet-curves.csv');
