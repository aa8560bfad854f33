/** One contender at one case, round by round. */

import { median } from '@bn/tooling/median';
import type { Case } from '../grid/cases.js';
import { byteCount } from '../grid/shapes.js';
import type { Cell, Settings } from '../results/result.js';
import type { Answer } from './protocol.js';
import { medianInterval, present } from './statistics.js';

/** Milliseconds of a run beyond which three rounds have to do. */
const slow = 1000;
const roundsOfSlow = 3;
/** Bytes of x from which a tensor is large: a figure of it takes its time, and varies less. */
const large = 8 * 2 ** 20;

export const emptyCell: Cell = { milliseconds: [], runs: 0 };

/** Whether a cell is to be measured in a round: not if it is already, nor after it has failed; slow and large ones in some. */
export function isDue(cell: Cell, task: Case, round: number, settings: Settings): boolean {
  const { milliseconds, leftOut, failed } = cell;
  if (leftOut !== undefined || failed !== undefined || milliseconds[round] !== undefined) return false;
  const most = (milliseconds[0] ?? 0) < slow ? settings.rounds : roundsOfSlow;
  return isAmong(round, Math.min(most, roundsAt(task, settings)), settings.rounds);
}

/** In how many rounds a case is measured, if it is not slow. */
const roundsAt = ({ shape }: Case, { rounds, largeRounds = rounds }: Settings): number =>
  byteCount(shape) < large ? rounds : largeRounds;

/** Whether a case of a size is measured in a round, if it is not slow. */
export const isRoundOf = (task: Case, round: number, settings: Settings): boolean =>
  isAmong(round, roundsAt(task, settings), settings.rounds);

/** Whether a round is one of so many that are spread evenly over all, from the first to the last. */
function isAmong(round: number, chosen: number, rounds: number): boolean {
  if (chosen >= rounds) return true;
  if (chosen === 1) return round === 0;
  return Array.from({ length: chosen }, (_, k) => Math.round((k * (rounds - 1)) / (chosen - 1))).includes(
    round,
  );
}

/** The cell with the answer of a round; what was measured before stays. */
export function recorded(cell: Cell, round: number, answer: Answer): Cell {
  switch (answer.kind) {
    case 'unsupported':
      return { ...cell, leftOut: answer.reason };
    case 'failed':
      return { ...cell, failed: answer.reason };
    case 'late':
      return { ...cell, failed: 'did not answer in time, and was stopped' };
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
