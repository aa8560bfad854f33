/** What was not measured or not at its best, and why: one line for each contender and reason. */
import { caseTitle } from '../grid/cases.js';
import { contenderLabel } from '../grid/contenders.js';
import type { BenchResult, Row } from '../results/result.js';
import { entriesOf } from '../results/summary.js';
import { inOrder } from './order.js';

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
