/** A result for the terminal. */
import type { BenchResult } from '../results/result.js';
import { machineLines } from './machine.js';
import { notesOf } from './notes.js';
import { plain } from './plain.js';
import { legend, sectionsOf } from './sections.js';
import type { Table } from './table.js';
import { verdictLines } from './verdict.js';

/** @param width of the terminal in characters; columns that go beyond it are written below the others */
export function resultAsText(result: BenchResult, width = Number.POSITIVE_INFINITY): string {
  const parts = [
    verdictLines(result).map(plain).join('\n'),
    machineLines(result).map(plain).join('\n'),
    legend.join('\n'),
    ...sectionsOf(result).map((table) => tableAsText(table, width)),
  ];
  const notes = notesOf(result);
  if (notes.length > 0) {
    parts.push(['Not measured, or not at its best:', ...notes.map((note) => `  ${plain(note)}`)].join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

const gap = '  ';

/** Columns as wide as their longest text, titles to the left and numbers to the right. */
export function tableAsText({ title, columns, rows }: Table, width = Number.POSITIVE_INFINITY): string {
  const lines = [
    [title, ...columns],
    ...rows.map((row) => [row.title, ...row.cells.map(({ text }) => text)]),
  ].map((line) => line.map(plain));
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return sharedOut(widths, width)
    .map((shown) =>
      lines
        .map((line) => [
          line[0]!.padEnd(widths[0]!),
          ...shown.map((column) => line[column]!.padStart(widths[column]!)),
        ])
        .map((texts) => texts.join(gap).trimEnd())
        .join('\n'),
    )
    .join('\n\n');
}

/** Columns by the part of the table that they fit into, each part beginning with the titles; one at the least. */
function sharedOut(widths: readonly number[], width: number): number[][] {
  const parts: number[][] = [];
  let left = 0;
  for (let column = 1; column < widths.length; column++) {
    const wanted = gap.length + widths[column]!;
    if (parts.length === 0 || wanted > left) {
      parts.push([]);
      left = width - widths[0]!;
    }
    parts.at(-1)!.push(column);
    left -= wanted;
  }
  return parts;
}
