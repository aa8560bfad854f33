/** The matrix as tables of Markdown: one for each way to normalize, a column for each backend. */
import { markdownTable } from 'markdown-table';
import type { Part } from '../contenders/contender.js';
import { type WayName, ways } from '../contenders/list.js';
import type { Cell, Column, Fault } from './cells.js';

const partTitles: Readonly<Record<Part, string>> = {
  forward: 'y',
  gradients: 'gradients',
  runningStatistics: 'running statistics',
};

const twoDigits = (value: number): string => (value === 0 ? '0' : value.toExponential(1));

const kinds: readonly Fault['kind'][] = ['wrong', 'refused', 'crashed'];

/** `1.6e-4 (0.9)`, and before it what is not right: `**3 wrong, 2 refused of 41**`. */
export function cellText(cell: Cell | undefined): string {
  if (!cell) return '-';
  const counts = kinds.map((kind) => ({
    kind,
    cases: cell.faults.filter((fault) => fault.kind === kind).reduce((sum, { cases }) => sum + cases, 0),
  }));
  const red = counts.filter(({ cases }) => cases > 0).map(({ kind, cases }) => `${cases} ${kind}`);
  const failed = counts.reduce((sum, { cases }) => sum + cases, 0);
  const parts = [
    ...(red.length > 0 ? [`**${red.join(', ')} of ${cell.cases}**`] : []),
    ...(failed < cell.cases ? [`${twoDigits(cell.error)} (${cell.ratio.toFixed(1)})`] : []),
  ];
  return parts.join('; ');
}

/** The columns of one way, and below them why some were not run. */
export function tableOf(columns: readonly Column[]): string {
  const notRun = columns.flatMap(({ contender, notRun }) =>
    notRun === undefined ? [] : [`Not run on ${contender.backend}, ${contender.runsIn}: ${notRun}.`],
  );
  const run = columns.length > notRun.length;
  return [...(run ? [table(columns)] : []), ...new Set(notRun)].join('\n\n');
}

function table(columns: readonly Column[]): string {
  const rows = columns
    .flatMap(({ cells }) => cells)
    .map(({ operation, part }) => ({ operation, part }))
    .filter(
      (row, i, all) =>
        all.findIndex((each) => each.operation === row.operation && each.part === row.part) === i,
    );
  const cellAt = ({ cells, notRun }: Column, row: Pick<Cell, 'operation' | 'part'>) =>
    notRun === undefined
      ? cellText(cells.find(({ operation, part }) => operation === row.operation && part === row.part))
      : 'not run';
  return markdownTable(
    [
      ['operation', '', ...columns.map(({ contender }) => `${contender.backend}, ${contender.runsIn}`)],
      ...rows.map((row) => [
        row.operation,
        partTitles[row.part],
        ...columns.map((column) => cellAt(column, row)),
      ]),
    ],
    { alignDelimiters: false },
  );
}

/** The columns of each way, in the order of the list. */
export const byWay = (columns: readonly Column[]): [WayName, Column[]][] =>
  (Object.keys(ways) as WayName[])
    .map((way): [WayName, Column[]] => [way, columns.filter(({ contender }) => contender.way === way)])
    .filter(([, own]) => own.length > 0);

/** A table for each way, under its name. */
export const tablesOf = (columns: readonly Column[]): string =>
  byWay(columns)
    .map(([way, own]) => `${ways[way].title}\n\n${tableOf(own)}\n`)
    .join('\n');
