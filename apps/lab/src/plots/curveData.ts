/** Several runs' curves as the columns that uPlot draws: one of epochs, then three for each run. */
import type { EpochMetrics } from '@bn/lenet';
import type { CurvePoint } from '../protocol.js';
import type { RunRecord } from '../state/runRecord.js';
import { smoothed } from './smoothing.js';

/** What a plot shows of a run. */
export interface CurveKind {
  /** As training goes by. */
  readonly point: (point: CurvePoint) => number;
  /** After each epoch, on the test images. */
  readonly epoch?: (metrics: EpochMetrics) => number;
}

export const curveKinds = {
  loss: { point: ({ loss }) => loss, epoch: ({ testLoss }) => testLoss },
  accuracy: { point: ({ accuracy }) => accuracy, epoch: ({ testAccuracy }) => testAccuracy },
  speed: { point: ({ examplesPerSecond }) => examplesPerSecond },
} satisfies Record<string, CurveKind>;

export type CurveName = keyof typeof curveKinds;

export interface CurveChoices {
  /** As `smoothed` has it. */
  readonly smoothing: number;
  /** Whether values that are not above 0 are left out: a logarithmic axis has no place for them. */
  readonly logarithmic: boolean;
}

/** The columns of a run, in their order: smoothed if that is asked for, the same as it is then, and the test's. */
export const columnsPerRun = 3;

type Column = (number | null)[];

/** Epochs in rising order, then for each run what training had there and what the test had; null where neither had. */
export function curveColumns(
  runs: readonly RunRecord[],
  kind: CurveKind,
  { smoothing, logarithmic }: CurveChoices,
): [number[], ...Column[]] {
  const tables = runs.map(({ points, history }) => ({
    train: new Map(points.map((point) => [point.at, kind.point(point)])),
    test: new Map(kind.epoch ? history.map((metrics) => [metrics.epoch, kind.epoch!(metrics)]) : []),
  }));
  const keys = tables.flatMap(({ train, test }) => [...train.keys(), ...test.keys()]);
  const at = [...new Set(keys)].sort((a, b) => a - b);
  const column = (table: ReadonlyMap<number, number>): Column =>
    at.map((epochs) => {
      const value = table.get(epochs) ?? Number.NaN;
      return Number.isFinite(value) && (!logarithmic || value > 0) ? value : null;
    });
  return [
    at,
    ...tables.flatMap(({ train, test }) => {
      const line = column(train);
      const isSmoothed = smoothing > 0;
      return [
        isSmoothed ? smoothed(line, smoothing) : line,
        isSmoothed ? line : line.map(() => null),
        column(test),
      ];
    }),
  ];
}
