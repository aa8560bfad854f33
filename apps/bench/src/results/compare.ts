/** What moved from one result to another, and whether it is more than noise. */
import { type Case, caseKey } from '../grid/cases.js';
import { type Interval, overlap, wantedConfidence } from '../measuring/statistics.js';
import type { BenchResult, Participant } from './result.js';
import { type Entry, entriesOf, type Figure } from './summary.js';

/** A figure of both results. */
export interface Change {
  readonly case: Case;
  readonly contender: Participant;
  readonly label: string;
  readonly before: number;
  readonly after: number;
  readonly verdict: Verdict;
}

/** `moved`: the intervals have no value in common. `unsure`: one of them is not sure enough to say. */
export type Verdict = 'moved' | 'same' | 'unsure';

export interface Comparison {
  /** Median milliseconds. */
  readonly times: readonly Change[];
  /** How many times ours; what slows the whole machine down cancels in it. */
  readonly ratios: readonly Change[];
  /** Figures of one result only. */
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  /** What is different about the machines. */
  readonly differences: readonly string[];
}

export function compareResults(before: BenchResult, after: BenchResult): Comparison {
  const [old, now] = [measuredEntries(before), measuredEntries(after)];
  const both = [...now.keys()].filter((key) => old.has(key));
  const changes = (figure: (entry: Entry) => Figure | undefined): Change[] =>
    both.flatMap((key) => change(old.get(key)!, now.get(key)!, figure));
  return {
    times: changes(({ measured }) => measured),
    ratios: changes(({ measured }) => measured?.ratio),
    onlyBefore: old.size - both.length,
    onlyAfter: now.size - both.length,
    differences: differences(before, after),
  };
}

function measuredEntries(result: BenchResult): Map<string, Entry> {
  const entries = result.rows.flatMap((row) => entriesOf(result, row));
  return new Map(
    entries
      .filter(({ measured }) => measured !== undefined)
      .map((entry) => [`${caseKey(entry.row)} ${entry.contender.id}`, entry]),
  );
}

function change(old: Entry, now: Entry, figureOf: (entry: Entry) => Figure | undefined): Change[] {
  const [before, after] = [figureOf(old), figureOf(now)];
  if (!before || !after) return [];
  return [
    {
      case: now.row,
      contender: now.contender,
      label: now.label,
      before: before.median,
      after: after.median,
      verdict: verdict(before.interval, after.interval),
    },
  ];
}

function verdict(before: Interval | undefined, after: Interval | undefined): Verdict {
  if (!before || !after || Math.min(before.confidence, after.confidence) < wantedConfidence) return 'unsure';
  return overlap(before, after) ? 'same' : 'moved';
}

/** Part of the figures sure enough to say that agree; NaN if there are none. */
export function agreement(changes: readonly Change[]): number {
  const sure = changes.filter(({ verdict }) => verdict !== 'unsure');
  return sure.filter(({ verdict }) => verdict === 'same').length / sure.length;
}

function differences(
  { machine: a, settings: x }: BenchResult,
  { machine: b, settings: y }: BenchResult,
): string[] {
  const facts: [string, unknown, unknown][] = [
    ...(['cpu', 'cores', 'platform', 'runtime', 'gpu'] as const).map((name): [string, unknown, unknown] => [
      name,
      a[name],
      b[name],
    ]),
    ...[...new Set([...Object.keys(a.versions), ...Object.keys(b.versions)])].map(
      (name): [string, unknown, unknown] => [
        name,
        a.versions[name] ?? 'absent',
        b.versions[name] ?? 'absent',
      ],
    ),
    ['budget', x.budget, y.budget],
  ];
  return facts.filter(([, was, is]) => was !== is).map(([name, was, is]) => `${name}: ${was} and ${is}`);
}
