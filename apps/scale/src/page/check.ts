import { markdownTable } from 'markdown-table';
import type { Constants } from '../constants.js';
import { median } from '../median.js';
import { communicationTime, stepTime } from '../model.js';
import { leNet } from '../networks.js';
import type { ConstantsResults, GroupResult, GroupsResults } from '../results.js';
import { digits, percent } from './numbers.js';

export interface Check extends GroupResult {
  readonly predicted: { readonly step: number; readonly communication: number };
}

/** The measured groups beside what the model says of them. */
export function checksOf(
  { images, groups, machine }: GroupsResults,
  { alone, busy, perGradient, links }: Constants,
): Check[] {
  return groups.flatMap((group) => {
    const link = links.get(group.link);
    if (link === undefined) return [];
    const { ranks } = group;
    const options = { ranks, link, perGradient, images, cores: machine.cores };
    const work = ranks === 1 ? alone : busy;
    const step = stepTime(leNet, { ...options, work });
    return [{ ...group, predicted: { step, communication: communicationTime(leNet, options) } }];
  });
}

export function checkSection(
  groups: GroupsResults,
  { machine }: ConstantsResults,
  constants: Constants,
): string[] {
  const checks = checksOf(groups, constants);
  const errorOf = ({ step, predicted }: Check) => predicted.step / step - 1;
  const rows = checks.map((check) => [
    check.ranks === 1 ? 'none' : check.link,
    String(check.ranks),
    digits(check.predicted.step),
    digits(check.step),
    signed(errorOf(check)),
    digits(check.predicted.communication),
    digits(check.communication ?? 0),
  ]);
  const within = (some: readonly Check[]) => some.map((check) => Math.abs(errorOf(check)));
  const fit = checks.filter(({ ranks }) => ranks <= machine.cores);
  const crowded = checks.filter(({ ranks }) => ranks > machine.cores);
  return [
    '## Predicted beside measured',
    `A step of LeNet on ${groups.images} images in all. No constant was fitted to these steps. With more ranks than cores the model ` +
      'lets ranks take turns. Measured communication includes waiting for the slowest rank, the prediction does not.',
    markdownTable(
      [
        [
          'link',
          'ranks',
          'step predicted, ms',
          'measured',
          'error',
          'communication predicted, ms',
          'measured',
        ],
        ...rows,
      ],
      { align: ['l', ...Array<string>(6).fill('r')] },
    ),
    errorsText(machine.cores, within(fit), within(crowded)),
  ];
}

function errorsText(cores: number, fit: readonly number[], crowded: readonly number[]): string {
  const text = (errors: readonly number[]) =>
    `off by ${percent(median(errors))} in the median, by ${percent(Math.max(...errors))} at most`;
  const ofFit = `With a core for each rank (up to ${cores} ranks) the predicted step is ${text(fit)}.`;
  if (crowded.length === 0) return ofFit;
  return (
    `${ofFit} With more ranks than cores it is ${text(crowded)}: then a rank that waits for a message takes a core from one ` +
    'that computes, and the system decides when they change.'
  );
}

const signed = (share: number): string => `${share > 0 ? '+' : ''}${percent(share)}`;
