/** The verdict in words, for the top of every report. */
import { caseTitle } from '../grid/cases.js';
import { contenderLabel, labelOnBackend } from '../grid/contenders.js';
import { groupedBy } from '../grouping.js';
import type { BenchResult } from '../results/result.js';
import { busyFrom } from '../results/summary.js';
import { limitStandingsOf, type Standing, standingsOf, trustOf } from '../results/verdict.js';
import { percent, times } from './format.js';

/** Losses that are named; the others are counted. */
const namedLosses = 4;

/** One sentence a line. */
export function verdictLines(result: BenchResult): string[] {
  const groups = groupedBy(standingsOf(result), ({ use, ours }) => `${use} ${ours.id}`).values();
  return [
    ...[...groups].flatMap((standings) => [standingsLine(standings), ...standings.flatMap(lossesLine)]),
    ...limitLines(result),
    ...trustLines(result),
  ];
}

function standingsLine(standings: readonly Standing[]): string {
  const { use, ours } = standings[0]!;
  const peers = standings.map(({ peer, median, cases }, index) => {
    const [low, high] = [cases[0]!.ratio, cases.at(-1)!.ratio];
    const range = low < high ? ` (${times(low)} to ${times(high)})` : '';
    return `${times(median)} ${index === 0 ? 'as fast as' : 'as'} ${labelOnBackend(peer)}${range}`;
  });
  return `${contenderLabel(ours)}, ${use}: in the median ${peers.join(', ')}`;
}

function lossesLine({ use, ours, peer, cases }: Standing): string[] {
  const losses = cases.filter(({ ratio }) => ratio < 1);
  if (losses.length === 0) return [];
  const named = losses.slice(0, namedLosses).map(({ row, ratio }) => `${caseTitle(row)} ${times(ratio)}`);
  const others = losses.length > namedLosses ? `, and ${losses.length - namedLosses} more` : '';
  return [
    `${contenderLabel(ours)}, ${use}, loses to ${labelOnBackend(peer)} in ${losses.length} of ${cases.length} cases: ` +
      `${named.join(', ')}${others}`,
  ];
}

function limitLines(result: BenchResult): string[] {
  return limitStandingsOf(result).map(
    ({ use, ours, low, median, high }) =>
      `${contenderLabel(ours)}, ${use}, beyond the cache: ${times(median)} the time of its passes over memory ` +
      `(${times(low)} to ${times(high)})`,
  );
}

function trustLines(result: BenchResult): string[] {
  const { busy, figures, betweenProcesses } = trustOf(result);
  return [
    ...(betweenProcesses
      ? [
          `The slowest process of a contender takes ${percent(betweenProcesses.median)} longer than its fastest in the median ` +
            `figure, and no more than ${percent(betweenProcesses.inNineOfTen)} in nine of ten`,
        ]
      : []),
    ...(busy > 0
      ? [
          `Warning, machine busy: ${busy} of ${figures} figures differ by more than ${percent(busyFrom)} between the middle half of ` +
            'their rounds and are marked; measure them again when nothing else runs',
        ]
      : []),
  ];
}
