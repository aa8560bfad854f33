/** What a training step keeps in memory, and how fast the machine's memory is. */
import { caseTitle } from '../grid/cases.js';
import { isOfMemory } from '../grid/operations.js';
import { byteCount } from '../grid/shapes.js';
import { trafficOf } from '../grid/traffic.js';
import { groupedBy } from '../grouping.js';
import type { BenchResult } from '../results/result.js';
import { type Entry, entriesOf } from '../results/summary.js';
import { bytes, significant } from './format.js';
import { inOrder } from './order.js';
import { plusMinus } from './overview.js';
import { empty, type Table, type TableCell, textCells } from './table.js';

export function keptMemory(result: BenchResult): Table {
  const entries = inOrder(result.rows).flatMap((row) => entriesOf(result, row));
  return {
    title: 'Memory between two training steps',
    columns: ['tensors', 'bytes', 'heap growth in 4 steps'],
    rows: entries.flatMap(({ row, label, cell: { memory } }) =>
      memory
        ? [
            {
              title: `${caseTitle(row)}, ${label}`,
              cells: textCells([String(memory.tensors), bytes(memory.bytes), bytes(memory.heapGrowth)]),
            },
          ]
        : [],
    ),
  };
}

/** Reading and copying a tensor, by its size and who did it. */
export function speedOfMemory(result: BenchResult): Table {
  const entries = inOrder(result.rows)
    .filter(({ operation }) => isOfMemory(operation))
    .flatMap((row) => entriesOf(result, row));
  const groups = groupedBy(
    entries,
    ({ row, label }) => `${bytes(byteCount(row.shape))} of float32, ${label}`,
  );
  return {
    title: 'Speed of memory',
    columns: ['read, ms', 'GB/s', 'copy, ms', 'GB/s, read and written'],
    rows: [...groups].map(([title, both]) => ({
      title,
      cells: (['read', 'copy'] as const).flatMap((wanted) =>
        speedCells(both.find(({ row }) => row.operation === wanted)),
      ),
    })),
  };
}

function speedCells(entry: Entry | undefined): TableCell[] {
  if (!entry?.measured) return [empty, empty];
  const { row, measured } = entry;
  const { reads, copies } = trafficOf(row)!;
  const moved = byteCount(row.shape) * (reads + 2 * copies);
  return textCells([
    `${significant(measured.median)}${plusMinus(measured)}`,
    significant(moved / measured.median / 1e6),
  ]);
}
