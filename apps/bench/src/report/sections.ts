/** A result as tables of text, which the terminal, Markdown and HTML write each in its own way. */
import { caseTitle } from '../grid/cases.js';
import { contenderLabel, labelOnBackend, rivalOf } from '../grid/contenders.js';
import { operationNames } from '../grid/operations.js';
import { byteCount } from '../grid/shapes.js';
import type { Interval } from '../measuring/statistics.js';
import type { BenchResult, Cell, Participant, Row } from '../results/result.js';
import { copyBandwidth, type Entry, entriesOf } from '../results/summary.js';
import { bytes, percent, significant, times } from './format.js';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly title: string;
  readonly cells: readonly TableCell[];
}

export interface TableCell {
  readonly text: string;
  /** A peer that beats us is no footnote. */
  readonly peerWins?: boolean;
}

const empty: TableCell = { text: '-' };

/** The overview: for each backend ours and its peers, then LeNet's memory, and copies. */
export function sectionsOf(result: BenchResult): Table[] {
  const tables = backendsOf(result).map((backend) => overview(result, backend));
  return [...tables, memory(result), bandwidth(result)].filter(({ rows }) => rows.length > 0);
}

export const caption =
  'Median milliseconds, ± the wider side of its 95 % interval; peers: how many times our time on as many threads, and ± of that; ' +
  'bandwidth: share of the speed of a plain copy that ours reaches. All contenders of a row have x in the same data format; PyTorch ' +
  'has its own memory format for each';

const isOurs = ({ implementation }: Participant): boolean => implementation === 'bn';

/** Those that ours was measured on. */
export const backendsOf = ({ contenders }: BenchResult): string[] => [
  ...new Set(contenders.filter(isOurs).map(({ backend }) => backend)),
];

/** By operation, then by size. */
export function inOrder(rows: readonly Row[]): Row[] {
  return [...rows].sort(
    (a, b) =>
      operationNames.indexOf(a.operation) - operationNames.indexOf(b.operation) ||
      a.phase.localeCompare(b.phase) ||
      byteCount(a.shape) - byteCount(b.shape),
  );
}

function overview(result: BenchResult, backend: string): Table {
  const side = result.contenders.filter(
    (contender) => (rivalOf(contender, result.contenders) ?? contender).backend === backend,
  );
  const present = side.filter(({ id }) => rowsOf(result, id).some(hasOutcome));
  const ours = present.filter(isOurs);
  const rows = inOrder(result.rows).filter(
    (row) => row.operation !== 'copy' && present.some(({ id }) => row.cells[id]?.median !== undefined),
  );
  return {
    title: `Backend ${backend}`,
    columns: [...present.map(labelOnBackend), 'bandwidth'],
    rows: rows.map((row) => {
      const entries = new Map(entriesOf(result, row).map((entry) => [entry.contender.id, entry]));
      return {
        title: caseTitle(row),
        cells: [
          ...present.map(({ id }) => timeCell(entries.get(id))),
          { text: ours.map(({ id }) => shareText(entries.get(id))).join(', ') },
        ],
      };
    }),
  };
}

const rowsOf = ({ rows }: BenchResult, id: string): Cell[] =>
  rows.flatMap(({ operation, cells }) => (operation === 'copy' || !cells[id] ? [] : [cells[id]]));

const hasOutcome = ({ median, failed }: Cell): boolean => median !== undefined || failed !== undefined;

function timeCell(entry: Entry | undefined): TableCell {
  if (!entry?.measured) return entry?.cell.failed === undefined ? empty : { text: 'failed' };
  const { median, interval, ratio, examplesPerSecond } = entry.measured;
  const speed = examplesPerSecond === undefined ? '' : ` (${significant(examplesPerSecond)} examples/s)`;
  const failed = entry.cell.failed === undefined ? '' : ', then failed';
  if (!ratio) return { text: `${significant(median)}${plusMinus(median, interval)}${speed}${failed}` };
  const text = `${significant(median)}, ${times(ratio.median)}${plusMinus(ratio.median, ratio.interval)}${speed}${failed}`;
  return { text, peerWins: ratio.median < 1 };
}

/** The wider side of an interval, in percent of the median. */
function plusMinus(median: number, interval: Interval | undefined): string {
  if (!interval) return '';
  return ` ±${percent(Math.max(interval.high - median, median - interval.low) / median)}`;
}

const shareText = (entry: Entry | undefined): string =>
  entry?.measured?.bandwidthShare === undefined ? empty.text : percent(entry.measured.bandwidthShare);

function memory(result: BenchResult): Table {
  const entries = inOrder(result.rows).flatMap((row) => entriesOf(result, row));
  return {
    title: 'Memory between two training steps',
    columns: ['tensors', 'bytes', 'heap growth in 4 steps'],
    rows: entries.flatMap(({ row, label, cell: { memory } }) =>
      memory
        ? [
            {
              title: `${caseTitle(row)}, ${label}`,
              cells: [String(memory.tensors), bytes(memory.bytes), bytes(memory.heapGrowth)].map((text) => ({
                text,
              })),
            },
          ]
        : [],
    ),
  };
}

function bandwidth(result: BenchResult): Table {
  const copies = inOrder(result.rows).filter(({ operation }) => operation === 'copy');
  return {
    title: 'Copy of a tensor',
    columns: ['size', 'milliseconds', 'GB/s, read and written'],
    rows: copies.flatMap((row) =>
      entriesOf(result, row).flatMap(({ label, measured }) =>
        measured
          ? [
              {
                title: label,
                cells: [
                  { text: bytes(byteCount(row.shape)) },
                  { text: `${significant(measured.median)}${plusMinus(measured.median, measured.interval)}` },
                  { text: significant(copyBandwidth(row, measured.median) / 1e9) },
                ],
              },
            ]
          : [],
      ),
    ),
  };
}

/** What was not measured, and why: one line for each contender and reason. */
export function notesOf(result: BenchResult): string[] {
  const notes = new Map<string, string[]>();
  for (const contender of result.contenders) {
    if (contender.missing !== undefined)
      notes.set(`${contenderLabel(contender)}: left out, ${contender.missing}`, []);
  }
  for (const row of inOrder(result.rows)) {
    for (const { label, cell, contender } of entriesOf(result, row)) {
      if (contender.missing !== undefined && cell.median === undefined) continue;
      if (cell.failed !== undefined) note(`${label}: failed, ${cell.failed}`, row);
      if (cell.leftOut !== undefined) note(`${label}: ${cell.leftOut}`, row);
      if (cell.note !== undefined) note(`${label}: ${cell.note}`, row);
    }
  }
  return [...notes].map(([text, rows]) => (rows.length === 0 ? text : `${text} (${inBrief(rows)})`));

  function note(text: string, row: Row): void {
    notes.set(text, [...(notes.get(text) ?? []), caseTitle(row)]);
  }
}

/** Two names and how many there are beside them. */
const inBrief = (names: readonly string[]): string =>
  names.length <= 2 ? names.join('; ') : `${names[0]}, and ${names.length - 1} others`;
