/** Runs the cases of a row, and whole columns of them. */
import type { Column } from './columns.js';
import { renewBackend, useColumn } from './columns.js';
import type { Measured } from './measure.js';
import { poisonHeap } from './poisonedHeap.js';
import type { Row } from './rows.js';
import { truthOf } from './truth.js';
import { judge, type Verdict } from './verdict.js';

export interface CaseVerdict extends Verdict {
  case: string;
}

export interface RowVerdicts {
  section: string;
  row: string;
  cases: CaseVerdict[];
}

/** What a test run leaves behind for the page. */
export interface ColumnReport {
  title: string;
  tfjs: string;
  rows: RowVerdicts[];
}

export type Truths = Map<Row, Measured[]>;

/** Leaves the float64 backend in use. */
export function truthsOf(rows: readonly Row[]): Truths {
  return new Map(rows.map((row) => [row, row.cases.map(truthOf)]));
}

export async function runRow(column: Column, row: Row, truths: Truths): Promise<RowVerdicts> {
  const isUnsafe = column.backend === 'wasm' && !column.isOurs;
  await (isUnsafe ? renewBackend(column) : useColumn(column));
  if (column.backend === 'wasm') poisonHeap();
  const cases = row.cases.map((gradientCase, i) => ({
    case: gradientCase.name,
    ...judge(gradientCase, truths.get(row)![i]!, column.tolerance),
  }));
  return { section: row.section, row: row.name, cases };
}
