import { median } from '@bn/tooling/median';
import { markdownTable } from 'markdown-table';
import type { Contender, SpeedResults } from '../results.js';
import { contenders } from '../results.js';
import { digits, percent } from './numbers.js';

/** Of two ranks of one thread over one rank of one thread. */
const target = 1.7;

const titles: Readonly<Record<Contender, string>> = {
  oneThread: '@bn, one process, one thread',
  twoThreads: '@bn, one process, two threads',
  twoRanks: '@bn, two ranks, one thread each',
  apart: '@bn, two processes with half a batch each that know nothing of each other',
  torchOneThread: 'PyTorch, one process, one thread',
  torchTwoThreads: 'PyTorch, one process, two threads',
  torchTwoProcesses: 'PyTorch, two processes, one thread each (DistributedDataParallel, gloo)',
};

/** What each is compared with. */
const bases: Readonly<Record<Contender, Contender>> = {
  oneThread: 'oneThread',
  twoThreads: 'oneThread',
  twoRanks: 'oneThread',
  apart: 'oneThread',
  torchOneThread: 'torchOneThread',
  torchTwoThreads: 'torchOneThread',
  torchTwoProcesses: 'torchOneThread',
};

/** How many times as fast as its base a contender was, by rounds. */
export const speedups = ({ rounds }: SpeedResults, name: Contender): number[] =>
  rounds.map((round) => round[bases[name]].step / round[name].step);

export function speedSection(results: SpeedResults): string[] {
  const { images, rounds, torch } = results;
  const stepOf = (name: Contender) => median(rounds.map((round) => round[name].step));
  const rows = contenders.map((name) => [
    titles[name],
    digits(stepOf(name)),
    digits((1000 * images) / stepOf(name)),
    rangeText(speedups(results, name)),
  ]);
  return [
    '## Two cores: processes beside threads',
    `A training step of LeNet with batch norm on ${images} images in all; forward, backward and update. The contenders ran in turn, ` +
      `in ${rounds.length} rounds. The last column is the speed over that of one process with one thread of the same framework: the ` +
      'median of the rounds, with the smallest and the largest.',
    markdownTable([['', 'step, ms', 'images/s', 'times one thread'], ...rows], {
      align: ['l', 'r', 'r', 'r'],
    }),
    verdict(results),
    `PyTorch ${torch.version} on two processes normalizes each half of the batch by itself. ${syncBatchNormText(torch)}`,
  ];
}

function verdict(results: SpeedResults): string {
  const reached = median(speedups(results, 'twoRanks'));
  const ceiling = median(speedups(results, 'apart'));
  const shares = results.rounds.map(({ twoRanks }) => twoRanks.communication! / twoRanks.step);
  const outcome =
    reached >= target
      ? `Two ranks are ${digits(reached)} times as fast as one; the target was ${target}.`
      : `Two ranks are ${digits(reached)} times as fast as one: **the target of ${target} is missed.**`;
  return (
    `${outcome} Two processes that compute the two halves without a group reach ${digits(ceiling)} times: so much is lost to ` +
    'memory and caches that both cores share, and to what a step costs whatever its batch; no way to communicate can win it back. ' +
    `Two ranks communicate, and wait for each other, in ${percent(median(shares))} of a step.`
  );
}

const syncBatchNormText = ({ syncBatchNorm }: SpeedResults['torch']): string =>
  syncBatchNorm === null
    ? 'Its SyncBatchNorm ran on the CPU, and was not timed.'
    : `Its SyncBatchNorm, which would normalize by the whole batch as the two ranks of @bn do, refuses the CPU: "${syncBatchNorm}".`;

function rangeText(values: readonly number[]): string {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map((value) =>
    value.toFixed(2),
  );
  return low === high ? middle! : `${middle} (${low} to ${high})`;
}
