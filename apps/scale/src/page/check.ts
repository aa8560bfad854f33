import { median } from '@bn/tooling/median';
import { markdownTable } from 'markdown-table';
import { type Constants, perGradientOf } from '../constants.js';
import { communicationTime, stepTime } from '../model.js';
import { leNet, networks } from '../networks.js';
import type { GroupResult, GroupsResults, MessagesResults, MessagesTime } from '../results.js';
import { digits, percent } from './numbers.js';

export interface Checked<T> {
  readonly measured: T;
  /** Milliseconds. */
  readonly predicted: number;
  /** Of the prediction, relative to what was measured. */
  readonly error: number;
}

/** The messages of a step alone beside what the model says of them. */
export function checkMessages({ messages }: MessagesResults, constants: Constants): Checked<MessagesTime>[] {
  return messages.flatMap((measured) => {
    const { network: name, ranks, milliseconds } = measured;
    const link = constants.links.get(measured.link);
    const network = networks.find((candidate) => candidate.name === name);
    if (link === undefined || network === undefined) return [];
    const perGradient = perGradientOf(constants, network);
    const predicted = communicationTime(network, { ranks, link, perGradient });
    return [{ measured, predicted, error: predicted / milliseconds - 1 }];
  });
}

/** The measured steps of LeNet beside what the model says of them. */
export function checkGroups(
  { images, groups, machine: { cores } }: GroupsResults,
  constants: Constants,
): Checked<GroupResult>[] {
  const { alone, busy, links } = constants;
  const perGradient = perGradientOf(constants, leNet);
  return groups.flatMap((measured) => {
    const { ranks, step } = measured;
    const link = links.get(measured.link);
    if (link === undefined) return [];
    const work = ranks === 1 ? alone : busy;
    const predicted = stepTime(leNet, { ranks, link, perGradient, images, cores, work });
    return [{ measured, predicted, error: predicted / step - 1 }];
  });
}

export function checkSection(
  messages: MessagesResults,
  groups: GroupsResults,
  constants: Constants,
): string[] {
  const ofMessages = checkMessages(messages, constants);
  const ofGroups = checkGroups(groups, constants);
  return [
    '## Predicted beside measured',
    'No constant was fitted to what follows. First all messages of a step without the computing between them:',
    table(
      ['', 'link', 'ranks'],
      ofMessages,
      ({ network, link, ranks }) => [network, link, String(ranks)],
      ({ milliseconds }) => milliseconds,
    ),
    errorsText('messages', messages.machine.cores, ofMessages),
    `Then whole steps of LeNet on ${groups.images} images in all. With more ranks than cores the model lets ranks take turns. The last ` +
      'column is the part of the measured step in calls of the group, waiting for the slowest rank included; the model has no waiting.',
    table(
      ['link', 'ranks'],
      ofGroups,
      ({ link, ranks }) => [ranks === 1 ? 'none' : link, String(ranks)],
      ({ step }) => step,
      {
        title: 'in calls, ms',
        of: ({ communication = 0 }) => digits(communication),
      },
    ),
    errorsText('step', groups.machine.cores, ofGroups),
    'A step meets in eleven calls, with two ranks in ten, and in each all ranks wait for the one that was slowest since the last. On cores that are not ' +
      'shared with others that is little. With more ranks than cores, a rank that waits also takes a core from one that computes ' +
      'until the system lets them change.',
  ];
}

function table<T>(
  titles: readonly string[],
  checks: readonly Checked<T>[],
  nameOf: (measured: T) => string[],
  timeOf: (measured: T) => number,
  more?: { readonly title: string; readonly of: (measured: T) => string },
): string {
  const header = [...titles, 'predicted, ms', 'measured, ms', 'error', ...(more ? [more.title] : [])];
  const rows = checks.map(({ measured, predicted, error }) => [
    ...nameOf(measured),
    digits(predicted),
    digits(timeOf(measured)),
    `${error > 0 ? '+' : ''}${percent(error)}`,
    ...(more ? [more.of(measured)] : []),
  ]);
  const isText = (title: string) => title === '' || title === 'link';
  return markdownTable([header, ...rows], { align: header.map((title) => (isText(title) ? 'l' : 'r')) });
}

function errorsText(
  what: string,
  cores: number,
  checks: readonly Checked<{ readonly ranks: number }>[],
): string {
  const text = (some: typeof checks) => {
    const errors = some.map(({ error }) => Math.abs(error));
    return `off by ${percent(median(errors))} in the median and by ${percent(Math.max(...errors))} at most`;
  };
  const crowded = checks.filter(({ measured }) => measured.ranks > cores);
  const others = checks.filter(({ measured }) => measured.ranks <= cores);
  const parts = [
    ...(others.length > 0
      ? [`With a core for each rank the prediction of the ${what} is ${text(others)}.`]
      : []),
    ...(crowded.length > 0 ? [`With more ranks than the ${cores} cores it is ${text(crowded)}.`] : []),
  ];
  return parts.join(' ');
}
