/** Several runs' measurements as the columns that uPlot draws, layer by layer or over time. */
import { type ActivatedLayer, activatedLayers, type WeightedLayer, weightedLayers } from '@bn/lenet';
import type { MeasuredPoint } from '../protocol.js';
import type { RunRecord } from '../state/runRecord.js';

/** What is plotted, and for which layers there is one. */
export const measuredKinds = {
  deviations: {
    layers: activatedLayers,
    value: ({ deviations }: MeasuredPoint, layer: WeightedLayer) => deviations[layer as ActivatedLayer],
  },
  gradients: {
    layers: weightedLayers,
    value: ({ gradients }: MeasuredPoint, layer: WeightedLayer) => gradients[layer],
  },
} as const;
export type MeasuredKind = keyof typeof measuredKinds;

/** Before the first step, or at the last that was measured. */
export const moments = ['start', 'now'] as const;
export type Moment = (typeof moments)[number];

type Column = (number | null)[];

/** What has no place on a logarithmic axis is left out. */
const onLogAxis = (value: number | undefined): number | null =>
  value !== undefined && value > 0 && Number.isFinite(value) ? value : null;

export const measuredAt = ({ measured = [] }: RunRecord, moment: Moment): MeasuredPoint | undefined =>
  moment === 'start' ? measured.find(({ at }) => at === 0) : measured.at(-1);

/** The layers' places, from 0; then for each run its value at each layer. */
export function columnsByLayer(
  runs: readonly RunRecord[],
  kind: MeasuredKind,
  moment: Moment,
): [number[], ...Column[]] {
  const { layers, value } = measuredKinds[kind];
  const values = runs.map((run) => {
    const point = measuredAt(run, moment);
    return layers.map((layer) => onLogAxis(point && value(point, layer)));
  });
  return [[...layers.keys()], ...values];
}

/** Epochs in rising order; then for each run its value in one layer, null where nothing was measured. */
export function columnsByTime(
  runs: readonly RunRecord[],
  kind: MeasuredKind,
  layer: WeightedLayer,
): [number[], ...Column[]] {
  const { value } = measuredKinds[kind];
  const tables = runs.map(
    ({ measured = [] }) => new Map(measured.map((point) => [point.at, value(point, layer)])),
  );
  const at = [...new Set(tables.flatMap((table) => [...table.keys()]))].sort((a, b) => a - b);
  return [at, ...tables.map((table) => at.map((epochs) => onLogAxis(table.get(epochs))))];
}
