/** The order in which reports show cases. */
import { operationNames } from '../grid/operations.js';
import { byteCount } from '../grid/shapes.js';
import type { Row } from '../results/result.js';

/** By operation, by data format, then by size. */
export function inOrder(rows: readonly Row[]): Row[] {
  return [...rows].sort(
    (a, b) =>
      operationNames.indexOf(a.operation) - operationNames.indexOf(b.operation) ||
      a.phase.localeCompare(b.phase) ||
      (a.dataFormat ?? '').localeCompare(b.dataFormat ?? '') ||
      byteCount(a.shape) - byteCount(b.shape),
  );
}
