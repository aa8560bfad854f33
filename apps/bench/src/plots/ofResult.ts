/** The plots of a result, each with a title that says what it shows, and with what it was drawn from. */
import { caseTitle } from '../grid/cases.js';
import { rivalOf } from '../grid/contenders.js';
import { operations, phaseTitles } from '../grid/operations.js';
import { shapeText, sweepShapes } from '../grid/shapes.js';
import { groupedBy } from '../grouping.js';
import { inOrder } from '../report/sections.js';
import type { BenchResult, Row } from '../results/result.js';
import { type Entry, entriesOf } from '../results/summary.js';
import { bandwidthBars, timeBars } from './bars.js';
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
  /** Share of bandwidth, for each of ours. */
  readonly bandwidth: readonly DrawnPlot[];
}

/** So many sizes make a curve. */
const fewestSizes = 3;

export async function plotsOf(result: BenchResult, theme: Theme): Promise<Plots> {
  const rows = inOrder(result.rows).filter(({ operation }) => operation !== 'copy');
  const entries = rows
    .flatMap((row) => entriesOf(result, row))
    .filter(({ measured }) => measured !== undefined);
  const isSwept = groupedBy(entries, ({ row }) => isOfSweep(row));
  const [single, swept] = [isSwept.get(false) ?? [], isSwept.get(true) ?? []];
  return {
    bars: await bars(single, result, theme),
    growth: await growth(swept, theme),
    bandwidth: await bandwidth(entries, theme),
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
  for (const some of groupedBy(entries, ({ row }) => `${row.operation} ${row.phase}`).values()) {
    const { operation, phase } = some[0]!.row;
    if (new Set(some.map(({ row }) => row)).size < fewestSizes) continue;
    const title = `${operations[operation].title} ${phaseTitles[phase]}: time against size`;
    plots.push(await plot(title, some, growthLines(some), theme));
  }
  return plots;
}

async function bandwidth(entries: readonly Entry[], theme: Theme): Promise<DrawnPlot[]> {
  const ours = entries.filter(
    ({ contender, measured }) => contender.implementation === 'bn' && measured?.bandwidthShare !== undefined,
  );
  const plots: DrawnPlot[] = [];
  for (const [label, some] of groupedBy(ours, ({ label }) => label)) {
    plots.push(await plot(`${label}: share of bandwidth`, some, bandwidthBars(some), theme));
  }
  return plots;
}
