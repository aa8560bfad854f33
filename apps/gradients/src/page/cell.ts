/** What the table says of a row in a column. */

import type { RowVerdicts } from '../table/run.js';
import type { Outcome } from '../table/verdict.js';

export const count = ({ cases }: RowVerdicts, outcome: Outcome): number =>
  cases.filter((verdict) => verdict.outcome === outcome).length;

/** 'right', or how many cases are not: '**wrong** 1, refused 2 of 7'. */
export function cell(verdicts: RowVerdicts): string {
  const parts = [
    count(verdicts, 'wrong') > 0 ? `**wrong** ${count(verdicts, 'wrong')}` : '',
    count(verdicts, 'refused') > 0 ? `refused ${count(verdicts, 'refused')}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'right' : `${parts.join(', ')} of ${verdicts.cases.length}`;
}

/** The worst that happens in a row. */
export function outcomeOf(verdicts: RowVerdicts): Outcome {
  if (count(verdicts, 'wrong') > 0) return 'wrong';
  return count(verdicts, 'refused') > 0 ? 'refused' : 'right';
}
