/** The learning curves of a run, drawn by Vega. */
import { type GroupMark, parse, type Scale, type Spec, View } from 'vega';
import type { EpochMetrics } from '../training/train.js';

interface Series {
  readonly label: string;
  readonly color: string;
  readonly value: (metrics: EpochMetrics) => number;
}

const loss: Series = { label: 'train loss', color: '#4c78a8', value: (epoch) => epoch.trainLoss };
const accuracies: Series[] = [
  { label: 'train acc', color: '#e45756', value: (epoch) => epoch.trainAccuracy },
  { label: 'test acc', color: '#54a24b', value: (epoch) => epoch.testAccuracy },
];

const panelWidth = 320;
const panelHeight = 240;
/** More labels than this on the axis of epochs would run into each other. */
const maximumEpochTicks = 10;

/** Loss and accuracies by epoch, side by side, as the text of an SVG file. */
export async function drawCurves(history: readonly EpochMetrics[], title: string): Promise<string> {
  const view = new View(parse(specification(history, title)), { renderer: 'none' });
  try {
    return (await view.toSVG()) + '\n';
  } finally {
    view.finalize();
  }
}

function specification(history: readonly EpochMetrics[], title: string): Spec {
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    background: 'white',
    padding: 12,
    title: { text: title, anchor: 'start', fontSize: 14, offset: 16 },
    layout: { columns: 2, padding: 80, bounds: 'flush', align: 'all' },
    data: [
      {
        name: 'curves',
        values: [loss, ...accuracies].flatMap(({ label, value }) =>
          history.map((metrics) => ({ series: label, epoch: metrics.epoch, value: value(metrics) })),
        ),
      },
    ],
    marks: [
      panel('loss', [loss], history, { zero: true }),
      panel('accuracy', accuracies, history, {
        zero: false,
        domainMin: accuracyFloor(history),
        domainMax: 1,
      }),
    ],
  };
}

/** @param range of the vertical scale, as far as it does not follow from the values */
function panel(
  name: string,
  series: readonly Series[],
  history: readonly EpochMetrics[],
  range: { zero: boolean; domainMin?: number; domainMax?: number },
): GroupMark {
  const labels = series.map(({ label }) => label);
  const own = `${name}Curves`;
  const scales: Scale[] = [
    { name: 'x', type: 'linear', range: [0, panelWidth], domain: epochDomain(history.length), zero: false },
    {
      name: 'y',
      type: 'linear',
      range: [panelHeight, 0],
      domain: { data: own, field: 'value' },
      ...range,
      nice: true,
    },
    {
      name: 'color',
      type: 'ordinal',
      domain: labels,
      range: series.map(({ color }) => color),
    },
  ];
  const x = { scale: 'x', field: 'epoch' };
  const y = { scale: 'y', field: 'value' };
  const color = { scale: 'color', field: 'series' };
  return {
    type: 'group',
    encode: { enter: { width: { value: panelWidth }, height: { value: panelHeight } } },
    data: [
      {
        name: own,
        source: 'curves',
        transform: [{ type: 'filter', expr: `indexof(${JSON.stringify(labels)}, datum.series) >= 0` }],
      },
    ],
    scales,
    axes: [
      {
        scale: 'x',
        orient: 'bottom',
        title: 'epoch',
        format: 'd',
        values: epochTicks(history.length),
        grid: true,
        gridScale: 'y',
        gridColor: '#ddd',
      },
      {
        scale: 'y',
        orient: 'left',
        title: name,
        grid: true,
        gridScale: 'x',
        gridColor: '#ddd',
        tickCount: 6,
      },
    ],
    legends: [
      {
        stroke: 'color',
        symbolType: 'stroke',
        symbolStrokeWidth: 2,
        orient: 'top',
        direction: 'horizontal',
        columnPadding: 24,
        labelFontSize: 12,
      },
    ],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'one', data: own, groupby: 'series' } },
        marks: [
          {
            type: 'line',
            from: { data: 'one' },
            encode: { enter: { x, y, stroke: color, strokeWidth: { value: 2 } } },
          },
          {
            type: 'symbol',
            from: { data: 'one' },
            encode: { enter: { x, y, fill: color, size: { value: 24 } } },
          },
        ],
      },
    ],
  };
}

/** From the first epoch to the last; a single epoch stands in the middle. */
const epochDomain = (epochs: number): [number, number] => (epochs > 1 ? [1, epochs] : [0, 2]);

/** Whole epochs, the first among them, at even steps. */
function epochTicks(epochs: number): number[] {
  const step = Math.ceil(epochs / maximumEpochTicks);
  return Array.from({ length: Math.ceil(epochs / step) }, (_, index) => 1 + index * step);
}

/** The tenth below all accuracies. */
function accuracyFloor(history: readonly EpochMetrics[]): number {
  const all = accuracies.flatMap(({ value }) => history.map(value));
  return Math.floor(Math.min(...all) * 10) / 10;
}
