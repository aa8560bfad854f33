/** One contender at one case, round by round. */
import type { Cell } from '../results/result.js';
import type { Answer } from './protocol.js';
import { median, medianInterval, present } from './statistics.js';

/** Milliseconds of a run beyond which three rounds have to do. */
const slow = 1000;

export const emptyCell: Cell = { milliseconds: [], runs: 0 };

/** Whether a cell is measured in a round: slow ones in the first, the middle and the last; none after it has failed. */
export function isDue({ milliseconds, leftOut, failed }: Cell, round: number, rounds: number): boolean {
  if (leftOut !== undefined || failed !== undefined) return false;
  if ((milliseconds[0] ?? 0) < slow) return true;
  return [0, (rounds - 1) >> 1, rounds - 1].includes(round);
}

/** The cell with the answer of a round; what was measured before stays. */
export function recorded(cell: Cell, round: number, answer: Answer): Cell {
  switch (answer.kind) {
    case 'unsupported':
      return { ...cell, leftOut: answer.reason };
    case 'failed':
      return { ...cell, failed: answer.reason };
    case 'late':
      return { ...cell, failed: 'gave no answer in time, and was ended' };
    case 'measured':
      return measured(cell, round, answer);
  }
}

function measured(cell: Cell, round: number, answer: Answer & { kind: 'measured' }): Cell {
  const before = Array.from({ length: round }, (_, earlier) => cell.milliseconds[earlier] ?? null);
  // More digits are noise, and make files long.
  const milliseconds = [...before, Number(answer.milliseconds.toPrecision(4))];
  const values = present(milliseconds);
  const interval = medianInterval(values);
  const memory = answer.memory ?? cell.memory;
  const note = answer.note ?? cell.note;
  return {
    milliseconds,
    runs: cell.runs + answer.runs,
    median: median(values),
    ...(interval ? { interval } : {}),
    ...(memory ? { memory } : {}),
    ...(note === undefined ? {} : { note }),
  };
}
