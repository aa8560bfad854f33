/** Which process of a contender measures which round. */
import { median } from '@bn/tooling/median';
import type { Settings } from '../results/result.js';
import { present, type Rounds } from './statistics.js';

type Shares = Pick<Settings, 'rounds' | 'processes'>;

/** The process, counted from 0, that a round belongs to; neighbouring rounds share one, and no round has two. */
export function processOf(round: number, { rounds, processes }: Shares): number {
  return Math.floor((round * Math.min(processes, rounds)) / rounds);
}

/** Median of each process that has measured anything. */
export function mediansByProcess(milliseconds: Rounds, shares: Shares): number[] {
  const processes = Math.min(shares.processes, shares.rounds);
  return Array.from({ length: processes }, (_, process) =>
    present(milliseconds.filter((_, round) => processOf(round, shares) === process)),
  ).flatMap((values) => (values.length > 0 ? [median(values)] : []));
}
