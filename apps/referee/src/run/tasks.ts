/** All that a contender is asked for: the parts of the golden cases. */
import { type CaseRow, goldenRows } from '@bn/conformance/golden';
import { type Part, parts } from '../contenders/contender.js';

export interface Task {
  readonly row: CaseRow;
  readonly part: Part;
}

export const tasks: readonly Task[] = goldenRows.flatMap((row) =>
  parts
    .filter((part) => part !== 'runningStatistics' || row.op === 'batchNorm')
    .map((part) => ({ row, part })),
);
