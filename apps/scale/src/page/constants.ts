import { markdownTable } from 'markdown-table';
import type { Constants } from '../constants.js';
import { travelTime, type Work } from '../model.js';
import type { ConstantsResults, LinkTimes, StepTime } from '../results.js';
import { gatherTraffic } from '../traffic.js';
import { digits, percent } from './numbers.js';

const formulas = `    step          = fixed + perImage * ceil(N / p) + communication
    communication = alpha * messages + beta * bytes + perGradient * G`;

export function constantsSection(measured: ConstantsResults, constants: Constants): string[] {
  const { alone, busy, perGradient, links } = constants;
  const linkRow = (times: LinkTimes) => {
    const { alpha, beta } = links.get(times.name)!;
    return [
      times.name,
      digits(1000 * alpha),
      digits(1 / beta / 1000),
      percent(worstOfLink(times, constants)),
    ];
  };
  return [
    '## The model and its constants',
    'In the alpha-beta model (Hockney, 1994) a message of b bytes takes alpha + beta b. With p ranks, N images in all and G gradients:',
    formulas,
    'The constants are fitted to the times of gathers of 100 to 65,536 values by two ranks, and of steps of LeNet on 64 to 512 images ' +
      'by one process, so that the squares of the relative errors are smallest. The last column is the largest of those errors.',
    markdownTable([['link', 'alpha, us', '1 / beta, MB/s', 'error up to'], ...measured.links.map(linkRow)], {
      align: ['l', 'r', 'r', 'r'],
    }),
    'The shortest message of a gather has 4,032 bytes. If these take much longer to pass a link than alpha, as on the links with a limit, ' +
      'alpha is not well known.',
    [
      `- fixed and perImage of LeNet on one core: ${workText(alone, measured.work.alone)}; while the other core does the same: ${workText(busy, measured.work.busy)}`,
      `- perGradient, to flatten, add up and spread one value: ${perGradientText(perGradient)}`,
      `- a convolution (3x3, 128 channels, 28x28), forward and backward: ${digits(measured.operationsPerSecond / 1e9)} billion operations a second on one core`,
    ].join('\n'),
  ];
}

/** The largest relative error of the fit to gathers. */
function worstOfLink({ name, gathers }: LinkTimes, { links }: Constants): number {
  const link = links.get(name)!;
  return Math.max(
    ...gathers.map(({ values, milliseconds }) =>
      Math.abs(travelTime(gatherTraffic(values, 2), link) / milliseconds - 1),
    ),
  );
}

const workText = ({ fixed, perImage }: Work, steps: readonly StepTime[]): string =>
  `${digits(fixed)} ms and ${digits(1000 * perImage)} us (error up to ${percent(
    Math.max(...steps.map(({ images, step }) => Math.abs((fixed + perImage * images) / step - 1))),
  )})`;

const perGradientText = ({ few, many }: Constants['perGradient']): string => {
  const nanoseconds = (milliseconds: number) => `${digits(1e6 * milliseconds)} ns`;
  if (few === many) return `${nanoseconds(few)}, measured up to a million values`;
  return `${nanoseconds(few)}; of more than a million, which do not stay in the caches, ${nanoseconds(many)}`;
};
