/** The kinds of plots that experiments draw, as parts of vega-lite's specifications. */
import type { Plot, Row } from './experiment.js';

/** One color for each norm, in all plots. */
export const normColors: Readonly<Record<string, string>> = {
  none: '#888888',
  batch: '#4c78a8',
  layer: '#f58518',
  group: '#54a24b',
  instance: '#b279a2',
  l1: '#f58518',
  l2: '#54a24b',
  linf: '#b279a2',
  noisyBatch: '#e45756',
};
const otherColors = ['#4c78a8', '#f58518', '#54a24b', '#e45756', '#b279a2', '#72b7b2', '#9d755d', '#888888'];

interface AxisOptions {
  readonly title: string;
  readonly log?: boolean;
  readonly domain?: readonly [number, number];
}

interface LinesOptions {
  readonly rows: readonly Row[];
  readonly x: string;
  readonly y: string;
  readonly xAxis: AxisOptions;
  readonly yAxis: AxisOptions;
  /** The column that tells the lines apart, and the legend's title. */
  readonly color: string;
  readonly colorTitle?: string;
  /** The column that tells the panels apart. */
  readonly panel?: string;
  /** Whether each panel has a y axis for itself. */
  readonly ownScales?: boolean;
  readonly points?: boolean;
  readonly columns?: number;
}

const panelWidth = 230;
const panelHeight = 170;

/** Lines of the mean over the seeds, and bands from the smallest to the largest value. */
export function lines(options: LinesOptions): Plot {
  const { x, y, xAxis, yAxis, color, panel, ownScales = false, points = false, columns = 2 } = options;
  const rows = options.rows.filter((row) => isDrawable(row[x], xAxis) && isDrawable(row[y], yAxis));
  const names = [...new Set(rows.map((row) => String(row[color])))];
  const encoding = {
    x: { field: x, type: 'quantitative', title: xAxis.title, scale: scaleOf(xAxis), axis: tidyAxis(xAxis) },
    color: {
      field: color,
      type: 'nominal',
      title: options.colorTitle ?? null,
      scale: { domain: names, range: colorsOf(names) },
      legend: { orient: 'top', columns: 4 },
    },
  };
  const yOf = (aggregate: string, field: string = y) => ({
    aggregate,
    field,
    type: 'quantitative',
    title: yAxis.title,
    scale: scaleOf(yAxis),
    axis: tidyAxis(yAxis),
  });
  const layers = [
    {
      mark: { type: 'area', opacity: 0.2 },
      encoding: { ...encoding, y: yOf('min'), y2: { aggregate: 'max', field: y } },
    },
    { mark: { type: 'line', point: points, strokeWidth: 2 }, encoding: { ...encoding, y: yOf('mean') } },
  ];
  const size = { width: panelWidth, height: panelHeight };
  if (panel === undefined) return { data: { values: rows }, layer: layers, width: 400, height: 220 };
  return {
    data: { values: rows },
    facet: { field: panel, type: 'nominal', title: null, sort: null },
    columns,
    spec: { ...size, layer: layers },
    resolve: { scale: ownScales ? { y: 'independent' } : {}, axis: { x: 'independent' } },
  };
}

interface HeatMapOptions {
  readonly rows: readonly Row[];
  readonly x: { readonly field: string; readonly title: string };
  readonly y: { readonly field: string; readonly title: string };
  readonly color: string;
  readonly colorTitle: string;
  readonly log?: boolean;
  /** Shows both signs, with white in the middle, up to this. */
  readonly around0?: number;
  readonly panel?: string;
  readonly columns?: number;
}

/** A cell for each pair of x and y. */
export function heatMap({
  rows,
  x,
  y,
  color,
  colorTitle,
  log,
  around0,
  panel,
  columns = 2,
}: HeatMapOptions): Plot {
  const drawn = rows.filter((row) => isDrawable(row[color], { title: '', log: log === true }));
  const scale =
    around0 === undefined
      ? { type: log ? 'log' : 'linear', scheme: 'viridis' }
      : { scheme: 'redblue', domain: [-around0, around0], clamp: true };
  const axis = (field: { field: string; title: string }) => ({
    field: field.field,
    type: 'ordinal',
    title: field.title,
    sort: null,
    axis: { labelOverlap: true, labelAngle: 0, ticks: false },
  });
  const spec = {
    width: panelWidth,
    height: panelHeight,
    mark: { type: 'rect' },
    encoding: {
      x: axis(x),
      y: axis(y),
      color: { field: color, type: 'quantitative', title: colorTitle, scale, legend: { orient: 'top' } },
    },
  };
  if (panel === undefined) return { data: { values: drawn }, ...spec };
  const facet = { field: panel, type: 'nominal', title: null, sort: null };
  return {
    data: { values: drawn },
    facet,
    columns,
    spec,
    resolve: { scale: { x: 'independent', y: 'independent' } },
  };
}

const isDrawable = (value: unknown, { log }: Pick<AxisOptions, 'log'> & { title: string }): boolean =>
  typeof value !== 'number' || (Number.isFinite(value) && (log !== true || value > 0));

const scaleOf = ({ log, domain }: AxisOptions) => ({
  ...(log ? { type: 'log' } : { zero: false }),
  ...(domain && { domain, clamp: true }),
});

const tidyAxis = ({ log }: AxisOptions) => ({
  tickCount: 5,
  ...(log && { format: '~g', labelOverlap: true }),
});

const colorsOf = (names: readonly string[]): string[] =>
  names.map((name, i) => normColors[name] ?? otherColors[i % otherColors.length]!);
