/** The plots of a result, each with a title that says what it shows, and with what it was drawn from. */
import { caseTitle } from '../grid/cases.js';
import { rivalOf } from '../grid/contenders.js';
import { isOfMemory, operations, phaseTitles } from '../grid/operations.js';
import { dataFormatTitles, shapeText, sweepShapes } from '../grid/shapes.js';
import { groupedBy } from '../grouping.js';
import { inOrder } from '../report/order.js';
import type { BenchResult, Row } from '../results/result.js';
import { type Entry, entriesOf } from '../results/summary.js';
import { isBeyondCache } from '../results/verdict.js';
import { limitBars, timeBars } from './bars.js';
import { growthLines } from './growth.js';
import { draw, type Plot, type Theme } from './specification.js';

export interface DrawnPlot {
  readonly title: string;
  readonly svg: string;
  readonly entries: readonly Entry[];
}

export interface Plots {
  /** A plot for each case that is no part of a sweep, by backend. */
  readonly bars: ReadonlyMap<string, readonly DrawnPlot[]>;
  /** Time against size of each sweep. */
  readonly growth: readonly DrawnPlot[];
  /** Times the limit of memory, for each of ours; of tensors beyond the cache, as for others it is not memory that counts. */
  readonly limit: readonly DrawnPlot[];
}

/** So many sizes make a curve. */
const fewestSizes = 3;

export async function plotsOf(result: BenchResult, theme: Theme): Promise<Plots> {
  const rows = inOrder(result.rows).filter(({ operation }) => !isOfMemory(operation));
  const entries = rows
    .flatMap((row) => entriesOf(result, row))
    .filter(({ measured }) => measured !== undefined);
  const isSwept = groupedBy(entries, ({ row }) => isOfSweep(row));
  const [single, swept] = [isSwept.get(false) ?? [], isSwept.get(true) ?? []];
  return {
    bars: await bars(single, result, theme),
    growth: await growth(swept, theme),
    limit: await limit(entries, theme),
  };
}

async function plot(title: string, entries: readonly Entry[], drawn: Plot, theme: Theme): Promise<DrawnPlot> {
  return { title, entries, svg: await draw(drawn, title, theme) };
}

const isOfSweep = ({ operation, shape }: Row): boolean =>
  sweepShapes(operation).some((swept) => shapeText(swept) === shapeText(shape));

async function bars(
  entries: readonly Entry[],
  { contenders }: BenchResult,
  theme: Theme,
): Promise<Plots['bars']> {
  const backendOf = ({ contender }: Entry) => (rivalOf(contender, contenders) ?? contender).backend;
  const drawn = new Map<string, DrawnPlot[]>();
  for (const [backend, some] of groupedBy(entries, backendOf)) {
    const plots: DrawnPlot[] = [];
    for (const [row, beside] of groupedBy(some, ({ row }) => row)) {
      if (beside.length > 1)
        plots.push(await plot(`${caseTitle(row)}, ${backend}`, beside, timeBars(beside), theme));
    }
    drawn.set(backend, plots);
  }
  return drawn;
}

async function growth(entries: readonly Entry[], theme: Theme): Promise<DrawnPlot[]> {
  const plots: DrawnPlot[] = [];
  for (const some of groupedBy(
    entries,
    ({ row }) => `${row.operation} ${row.phase} ${row.dataFormat}`,
  ).values()) {
    const { operation, phase, dataFormat } = some[0]!.row;
    if (new Set(some.map(({ row }) => row)).size < fewestSizes) continue;
    const format = dataFormat ? ` ${dataFormatTitles[dataFormat]}` : '';
    const title = `${operations[operation].title} ${phaseTitles[phase]}${format}: time against size`;
    plots.push(await plot(title, some, growthLines(some), theme));
  }
  return plots;
}

async function limit(entries: readonly Entry[], theme: Theme): Promise<DrawnPlot[]> {
  const ours = entries.filter(
    ({ row, contender, measured }) =>
      contender.implementation === 'bn' && measured?.overLimit !== undefined && isBeyondCache(row),
  );
  const plots: DrawnPlot[] = [];
  for (const [label, some] of groupedBy(ours, ({ label }) => label)) {
    plots.push(await plot(`${label}: times the limit of memory`, some, limitBars(some), theme));
  }
  return plots;
}
