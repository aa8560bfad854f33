/** A result for the terminal. */
import type { BenchResult } from '../results/result.js';
import { machineLines } from './machine.js';
import { caption, notesOf, sectionsOf, type Table } from './sections.js';

export function resultAsText(result: BenchResult): string {
  const parts = [machineLines(result).join('\n'), caption, ...sectionsOf(result).map(tableAsText)];
  const notes = notesOf(result);
  if (notes.length > 0) parts.push(['Not measured:', ...notes.map((note) => `  ${note}`)].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

/** Columns as wide as their longest text, titles to the left and numbers to the right. */
export function tableAsText({ title, columns, rows }: Table): string {
  const lines = [
    [title, ...columns],
    ...rows.map((row) => [row.title, ...row.cells.map(({ text }) => text)]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!)))
        .join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}
