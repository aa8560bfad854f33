/** All numbers behind a plot. */
import { caseTitle } from '../grid/cases.js';
import type { Interval } from '../measuring/statistics.js';
import type { Entry } from '../results/summary.js';
import { percent, significant, times } from './format.js';
import { type Table, textCells } from './table.js';

export const detailsOf = (title: string, entries: readonly Entry[]): Table => ({
  title,
  columns: ['median ms', 'interval', 'processes', 'times ours', 'interval', 'memory limit', 'runs'],
  rows: entries.flatMap(({ row, label, cell, measured }) => {
    if (!measured) return [];
    const { median, interval, processes, ratio, overLimit } = measured;
    const texts = [
      significant(median),
      intervalText(interval, significant),
      processes ? `${significant(processes.low)} to ${significant(processes.high)}` : '-',
      ratio ? times(ratio.median) : '-',
      intervalText(ratio?.interval, times),
      overLimit === undefined ? '-' : times(overLimit),
      String(cell.runs),
    ];
    return [{ title: `${caseTitle(row)}, ${label}`, cells: textCells(texts) }];
  }),
});

/** Its confidence is said if it is less than what the report promises. */
function intervalText(interval: Interval | undefined, write: (value: number) => string): string {
  if (!interval) return '-';
  const doubt = interval.confidence < 0.95 ? ` (${percent(interval.confidence)})` : '';
  return `${write(interval.low)} to ${write(interval.high)}${doubt}`;
}
