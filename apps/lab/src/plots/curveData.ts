/** Several runs' curves as the columns that uPlot draws: one of epochs, then two for each run. */
import type { EpochMetrics } from '@bn/lenet';
import type { CurvePoint } from '../protocol.js';
import type { RunRecord } from '../state/runRecord.js';

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

type Column = (number | null)[];

/** Epochs in rising order, then for each run what training had there and what the test had; null where neither had. */
export function curveColumns(runs: readonly RunRecord[], kind: CurveKind): [number[], ...Column[]] {
  const tables = runs.flatMap(({ points, history }) => [
    new Map(points.map((point) => [point.at, kind.point(point)])),
    new Map(kind.epoch ? history.map((metrics) => [metrics.epoch, kind.epoch!(metrics)]) : []),
  ]);
  const at = [...new Set(tables.flatMap((table) => [...table.keys()]))].sort((a, b) => a - b);
  return [at, ...tables.map((table) => at.map((epochs) => table.get(epochs) ?? null))];
}
