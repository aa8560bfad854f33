/** The rows of the table, in its sections. */
import { layers } from '../layers/index.js';
import { otherOperations, registeredOperations } from '../operations/index.js';
import type { GradientCase } from './case.js';

export interface Row {
  section: string;
  name: string;
  cases: GradientCase[];
}

export const sections = ['Operations', 'Other operations', 'Layers'] as const;

function rowsOf(section: (typeof sections)[number], table: Record<string, GradientCase[]>): Row[] {
  return Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, cases]) => ({ section, name, cases }));
}

export const rows: readonly Row[] = [
  ...rowsOf('Operations', registeredOperations),
  ...rowsOf('Other operations', otherOperations),
  ...rowsOf('Layers', layers),
];
