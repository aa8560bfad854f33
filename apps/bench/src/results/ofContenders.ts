/** A part of a result: what some of its contenders did. */
import type { Contender } from '../grid/contenders.js';
import type { BenchResult } from './result.js';

export function ofContenders(result: BenchResult, isShown: (contender: Contender) => boolean): BenchResult {
  const contenders = result.contenders.filter(isShown);
  const ids = new Set(contenders.map(({ id }) => id));
  const rows = result.rows.map(({ cells, ...task }) => ({
    ...task,
    cells: Object.fromEntries(Object.entries(cells).filter(([id]) => ids.has(id))),
  }));
  return { ...result, contenders, rows };
}
