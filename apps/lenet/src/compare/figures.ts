/**
 * What a comparison shows: a metric, line by line, over whatever varies. The same figures are printed as tables and drawn
 * as panels.
 */
import type { Norm, Placement } from '../model/architecture.js';
import type { EpochMetrics } from '../training/state.js';
import type { Outcome } from './protocol.js';
import type { Result } from './results.js';
import { type Series, type Spread, seriesOf, spreadOf } from './statistics.js';

/** What a figure's horizontal axis can be. */
const axes = { batchSize: 'batch size', learningRate: 'learning rate', epoch: 'epoch' } as const;
type Axis = keyof typeof axes;

export interface FigureLine {
  readonly label: string;
  readonly norm: Norm;
  readonly placement: Placement;
  /** For each x: the finished runs of all seeds together, and how the others ended. */
  readonly points: readonly { readonly spread: Spread | undefined; readonly lost: readonly Outcome[] }[];
}

export interface Figure {
  readonly metric: string;
  /** What all of the figure's runs have in common and those of another figure do not; empty where there is none. */
  readonly facet: string;
  readonly axis: string;
  readonly xs: readonly number[];
  readonly lines: readonly FigureLine[];
}

interface Metric {
  readonly name: string;
  readonly value: (metrics: EpochMetrics) => number;
}

const testAccuracy: Metric = { name: 'test accuracy', value: (epoch) => epoch.testAccuracy };
const trainAccuracy: Metric = { name: 'train accuracy', value: (epoch) => epoch.trainAccuracy };

/** Both accuracies over batch sizes, else over learning rates, else over epochs; a figure for each learning rate. */
export function mainFigures(results: readonly Result[]): Figure[] {
  const axis = axisOf(results);
  return [testAccuracy, trainAccuracy].flatMap((metric) =>
    facets(results, axis).map(({ name, part }) => figure(part, axis, metric, name, results)),
  );
}

/** Train accuracy by epoch for each batch size and learning rate, where the main figures do not show it. */
export function curveFigures(results: readonly Result[]): Figure[] {
  const epochs = Math.max(0, ...results.map(({ history }) => history.length));
  if (axisOf(results) === 'epoch' || epochs < 2) return [];
  return facets(results, 'epoch').map(({ name, part }) =>
    figure(part, 'epoch', trainAccuracy, name, results),
  );
}

const distinct = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

function axisOf(results: readonly Result[]): Axis {
  const varies = (key: 'batchSize' | 'learningRate') => distinct(results.map((one) => one[key])).length > 1;
  if (varies('batchSize')) return 'batchSize';
  return varies('learningRate') ? 'learningRate' : 'epoch';
}

/** The results apart by all that varies and is not the axis. */
function facets(results: readonly Result[], axis: Axis): { name: string; part: Result[] }[] {
  const apart = (['batchSize', 'learningRate'] as const).filter(
    (key) => key !== axis && distinct(results.map((one) => one[key])).length > 1,
  );
  const nameOf = (result: Result) => apart.map((key) => `${axes[key]} ${result[key]}`).join(', ');
  return distinct(results.map(nameOf)).map((name) => ({
    name,
    part: results.filter((result) => nameOf(result) === name),
  }));
}

/** @param all decides what lines are called: the same in all figures */
function figure(
  part: readonly Result[],
  axis: Axis,
  metric: Metric,
  facet: string,
  all: readonly Result[],
): Figure {
  const xs = axis === 'epoch' ? epochsOf(part) : distinct(part.map((one) => one[axis])).sort((a, b) => a - b);
  const both =
    distinct(all.filter(({ norm }) => norm !== 'none').map(({ placement }) => placement)).length > 1;
  const lines = distinct(part.map(({ norm, placement }) => `${norm} ${placement}`)).map((key): FigureLine => {
    const own = part.filter(({ norm, placement }) => `${norm} ${placement}` === key);
    const { norm, placement } = own[0]!;
    const points = xs.map((x) => point(seriesOf(own), axis, x, metric));
    return { label: both && norm !== 'none' ? key : norm, norm, placement, points };
  });
  return { metric: metric.name, facet, axis: axes[axis], xs, lines };
}

const epochsOf = (results: readonly Result[]): number[] =>
  Array.from(
    { length: Math.max(0, ...results.map(({ history }) => history.length)) },
    (_, index) => index + 1,
  );

function point(series: readonly Series[], axis: Axis, x: number, { value }: Metric) {
  const one = axis === 'epoch' ? series[0] : series.find((candidate) => candidate[axis] === x);
  if (one === undefined) return { spread: undefined, lost: [] };
  const lost = one.results.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'finished');
  return { spread: spreadOf(one, value, axis === 'epoch' ? x : undefined), lost };
}
