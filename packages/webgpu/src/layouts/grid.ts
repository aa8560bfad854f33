/** The workgroups that go through x once, in either layout, and the sizes by which their shaders find their part. */

import type { Parallelism } from '../device/parallelism.js';
import { WORKGROUP } from '../device/task.js';
import type { Columns, Layout, Segments } from './layout.js';

export interface Grid {
  /** Pieces of each unit (segments) or each matrix (columns). */
  readonly pieces: number;
  readonly workgroups: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** Splits x in as many pieces as keep a device busy, but each unit or matrix in at most `most`. */
export const gridOf = (layout: Layout, parallelism: Parallelism, most: number): Grid =>
  layout.walk === 'segments'
    ? gridOfSegments(layout, parallelism, most)
    : gridOfColumns(layout, parallelism, most);

function gridOfSegments(
  { units, runs, runLength, team }: Segments,
  { workgroups, leastSteps }: Parallelism,
  most: number,
): Grid {
  const wanted = Math.ceil((workgroups * WORKGROUP) / (team * units));
  const useful = Math.floor((runs * runLength) / (team * leastSteps));
  const split = Math.max(1, Math.min(wanted, useful, most));
  // Runs are shared out whole, or each is cut in parts if there are fewer of them than pieces.
  const pieceRuns = Math.ceil(runs / split);
  const partLength = Math.ceil(runLength / Math.ceil(split / runs));
  const runParts = Math.ceil(runLength / partLength);
  const pieces = Math.ceil(runs / pieceRuns) * runParts;
  return {
    pieces,
    workgroups: Math.ceil((units * pieces * team) / WORKGROUP),
    counts: { units, runs, runLength, pieces, pieceRuns, runParts, partLength },
  };
}

function gridOfColumns(
  { batches, rows, channels, vector, width }: Columns,
  { workgroups, leastSteps }: Parallelism,
  most: number,
): Grid {
  const columns = vector ? channels / 4 : channels;
  const blocks = Math.ceil(columns / width);
  const wanted = Math.ceil(workgroups / (blocks * batches));
  const useful = Math.floor((rows * width) / (WORKGROUP * leastSteps));
  const pieceLength = Math.ceil(rows / Math.max(1, Math.min(wanted, useful, most)));
  const pieces = Math.ceil(rows / pieceLength);
  return {
    pieces,
    workgroups: blocks * batches * pieces,
    counts: { columns, blocks, rows, pieces, pieceLength },
  };
}
