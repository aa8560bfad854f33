/** What a result comes to in a few sentences: how many times faster than whom, where not, and how far to trust it. */

import { median } from '@bn/tooling/median';
import { rivalOf } from '../grid/contenders.js';
import type { Phase } from '../grid/operations.js';
import { byteCount } from '../grid/shapes.js';
import { geometricMean } from '../measuring/statistics.js';
import type { BenchResult, Participant, Row } from './result.js';
import { entriesOf, isBusy, ratioBetween } from './summary.js';

/** What a phase is a part of; forward alone is half of training, and counted in neither. */
export const uses = {
  training: ['forwardBackward', 'step'],
  inference: ['inference'],
} as const satisfies Record<string, readonly Phase[]>;
export type Use = keyof typeof uses;

/** Beside one peer: how many times our time it takes. */
export interface Standing {
  readonly use: Use;
  readonly ours: Participant;
  readonly peer: Participant;
  /** The ratio of each case, the worst for us first. */
  readonly cases: readonly { readonly row: Row; readonly ratio: number }[];
  readonly median: number;
  readonly geometricMean: number;
}

/** Time as a multiple of what the passes over memory take. */
export interface LimitStanding {
  readonly use: Use;
  readonly ours: Participant;
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface Trust {
  /** Figures whose rounds are too far apart to be one. */
  readonly busy: number;
  readonly figures: number;
  /**
   * By which part the slowest process of a contender exceeds the fastest: in the median figure, and at most in nine of ten. The
   * greatest is no measure: one process that met a busy moment makes it.
   */
  readonly betweenProcesses: { readonly median: number; readonly inNineOfTen: number } | undefined;
}

/** Of every contender of ours beside every peer that does the same work on as many threads, in the contenders' order. */
export function standingsOf(result: BenchResult): Standing[] {
  const ours = result.contenders.filter(({ implementation }) => implementation === 'bn');
  const peers = result.contenders.filter(({ implementation }) => implementation !== 'bn');
  return (Object.keys(uses) as Use[]).flatMap((use) =>
    ours.flatMap((our) =>
      peers
        .filter((peer) => isComparable(our, peer, result.contenders))
        .flatMap((peer) => standingOf(use, our, peer, rowsOf(result, use))),
    ),
  );
}

/** On another runtime than the run's there is native code alone to compare with. */
const isComparable = (ours: Participant, peer: Participant, contenders: readonly Participant[]): boolean =>
  ours.threads === peer.threads &&
  ours.backend === rivalOf(peer, contenders)?.backend &&
  (ours.runtime === undefined || peer.backend === 'native');

/** Empty if there is no case that both have measured. */
export function standingOf(use: Use, ours: Participant, peer: Participant, rows: readonly Row[]): Standing[] {
  const cases = rows
    .flatMap((row) => {
      const ratio = ratioBetween(row, peer, ours);
      return ratio ? [{ row, ratio: ratio.median }] : [];
    })
    .sort((a, b) => a.ratio - b.ratio);
  if (cases.length === 0) return [];
  const ratios = cases.map(({ ratio }) => ratio);
  return [{ use, ours, peer, cases, median: median(ratios), geometricMean: geometricMean(ratios) }];
}

export const rowsOf = ({ rows }: BenchResult, use: Use): Row[] =>
  rows.filter(({ phase }) => (uses[use] as readonly Phase[]).includes(phase));

/** Bytes of x from which it does not stay in a core's own cache. */
const beyondCache = 4 * 2 ** 20;

export const isBeyondCache = ({ shape }: Row): boolean => byteCount(shape) >= beyondCache;

/** Of each contender of ours, for tensors beyond the cache. */
export function limitStandingsOf(result: BenchResult): LimitStanding[] {
  return (Object.keys(uses) as Use[]).flatMap((use) => {
    const entries = rowsOf(result, use)
      .filter(isBeyondCache)
      .flatMap((row) => entriesOf(result, row));
    return result.contenders
      .filter(({ implementation, threads }) => implementation === 'bn' && threads === 1)
      .flatMap((ours) => {
        const multiples = entries.flatMap(({ contender, measured }) =>
          contender.id === ours.id && measured?.overLimit !== undefined ? [measured.overLimit] : [],
        );
        if (multiples.length === 0) return [];
        const [low, high] = [Math.min(...multiples), Math.max(...multiples)];
        return [{ use, ours, low, median: median(multiples), high }];
      });
  });
}

export function trustOf(result: BenchResult): Trust {
  const entries = result.rows.flatMap((row) => entriesOf(result, row));
  const measured = entries.flatMap(({ measured }) => measured ?? []);
  const differences = measured
    .flatMap(({ processes }) => (processes ? [processes.high / processes.low - 1] : []))
    .sort((a, b) => a - b);
  const ninth = differences[Math.ceil(0.9 * differences.length) - 1];
  return {
    busy: measured.filter(isBusy).length,
    figures: measured.length,
    betweenProcesses: ninth === undefined ? undefined : { median: median(differences), inNineOfTen: ninth },
  };
}
