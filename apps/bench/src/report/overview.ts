/** All cases of a backend: ours, and its peers beside it. */
import { caseTitle } from '../grid/cases.js';
import { type Backend, contenderLabel, isOnGpu, labelOnBackend, rivalOf } from '../grid/contenders.js';
import { isOfMemory } from '../grid/operations.js';
import type { BenchResult, Cell, Participant, Row } from '../results/result.js';
import {
  type Entry,
  entriesOf,
  type Figure,
  isBusy,
  ratioBetween,
  widerSide,
  widest,
} from '../results/summary.js';
import { percent, significant, times } from './format.js';
import { inOrder } from './order.js';
import { empty, type Table, type TableCell } from './table.js';

const isOurs = ({ implementation }: Participant): boolean => implementation === 'bn';

/**
 * One table each: those that ours was measured on, and those of peers that ours has nothing beside. Ours alone on one backend of a
 * graphics processor needs none if it stands in the table of another.
 */
export function backendsOf({ contenders }: BenchResult): string[] {
  const tableOf = (contender: Participant): Backend => (rivalOf(contender, contenders) ?? contender).backend;
  const withPeers = new Set(contenders.filter((one) => !isOurs(one)).map(tableOf));
  const onGpuWithPeers = [...withPeers].some(isOnGpu);
  return [...new Set(contenders.map(tableOf))].filter(
    (backend) => !isOnGpu(backend) || !onGpuWithPeers || withPeers.has(backend),
  );
}

export function overview(result: BenchResult, backend: string): Table {
  const side = result.contenders.filter(
    (contender) => (rivalOf(contender, result.contenders) ?? contender).backend === backend,
  );
  const present = side.filter(({ id }) => cellsOf(result, id).some(hasOutcome));
  const ours = present.filter(isOurs);
  const elsewhere = oursElsewhere(result, backend);
  const rows = inOrder(result.rows).filter(
    (row) => !isOfMemory(row.operation) && present.some(({ id }) => row.cells[id]?.median !== undefined),
  );
  return {
    title: `Backend ${backend}`,
    columns: [
      ...[...present, ...elsewhere].map((contender) => columnLabel(contender, backend)),
      'memory limit',
    ],
    rows: rows.map((row) => {
      const entries = new Map(entriesOf(result, row).map((entry) => [entry.contender.id, entry]));
      return {
        title: caseTitle(row),
        cells: [
          ...present.map(({ id }) => timeCell(entries.get(id))),
          ...elsewhere.map((other) => besideCell(row, other, ours[0])),
          { text: ours.map(({ id }) => limitText(entries.get(id))).join(', ') },
        ],
      };
    }),
  };
}

/** Ours on the other backends of a graphics processor: to users of one they are the choice. */
const oursElsewhere = ({ contenders }: BenchResult, backend: string): Participant[] =>
  isOnGpu(backend as Backend)
    ? contenders.filter((one) => isOurs(one) && isOnGpu(one.backend) && one.backend !== backend)
    : [];

function besideCell(row: Row, other: Participant, ours: Participant | undefined): TableCell {
  const median = row.cells[other.id]?.median;
  if (median === undefined) return empty;
  const ratio = ratioBetween(row, other, ours);
  return { text: `${significant(median)}${ratio ? `, ${times(ratio.median)}${plusMinus(ratio)}` : ''}` };
}

/** What uses another backend than the table's says so. */
const columnLabel = (contender: Participant, backend: string): string =>
  contender.backend === backend ? labelOnBackend(contender) : contenderLabel(contender);

const cellsOf = ({ rows }: BenchResult, id: string): Cell[] =>
  rows.flatMap(({ operation, cells }) => (isOfMemory(operation) || !cells[id] ? [] : [cells[id]]));

const hasOutcome = ({ median, failed }: Cell): boolean => median !== undefined || failed !== undefined;

function timeCell(entry: Entry | undefined): TableCell {
  if (!entry?.measured) return entry?.cell.failed === undefined ? empty : { text: 'failed' };
  const { median, ratio, examplesPerSecond } = entry.measured;
  const speed = examplesPerSecond === undefined ? '' : ` (${significant(examplesPerSecond)} examples/s)`;
  const failed = entry.cell.failed === undefined ? '' : ', then failed';
  if (!ratio) return { text: `${significant(median)}${plusMinus(entry.measured)}${speed}${failed}` };
  const text = `${significant(median)}, ${times(ratio.median)}${plusMinus(ratio)}${speed}${failed}`;
  return { text, peerWins: ratio.median < 1 };
}

/** The wider side of an interval in percent of the median, as far as that says anything. */
export function plusMinus(figure: Figure): string {
  if (!figure.interval) return '';
  if (isBusy(figure)) return ' busy';
  const side = widerSide(figure);
  return side > widest ? ` ±${percent(widest)}+` : ` ±${percent(side)}`;
}

const limitText = (entry: Entry | undefined): string =>
  entry?.measured?.overLimit === undefined ? empty.text : times(entry.measured.overLimit);
