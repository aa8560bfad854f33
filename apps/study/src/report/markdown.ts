/** The page docs/why-it-works.md, from a study's results. */
import { markdownTable } from 'markdown-table';
import { experiments } from '../experiments/index.js';
import type { Entry, Results } from '../results/entry.js';
import { rangeText } from './sections.js';

/** Steps/s of VGG with batch norm here and in PyTorch, as scripts/benchPytorch.mjs writes them. */
export interface Speed {
  readonly ours: number;
  readonly pytorch: number;
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
  readonly rounds: number;
  readonly version: string;
}

/** @param folder of the plots and tables, relative to the page */
export function pageMarkdown(results: Results, speed: Speed, folder: string): string {
  const sections = results.experiments.map((entry) => sectionMarkdown(entry, folder));
  return [
    '# Why batch norm works',
    introduction(results),
    overview(results),
    simplifications(results),
    ...sections,
    speedMarkdown(speed),
  ]
    .join('\n\n')
    .concat('\n');
}

const setting = ({ settings }: Results, name: string): string => String(settings[name]);

const count = ({ settings }: Results, name: string): string => Number(settings[name]).toLocaleString('en');

const introduction = (results: Results): string =>
  `The papers explain why batch norm helps, and contradict each other. \`npm run study\` repeats their experiments, small ` +
  `enough for one core. This page was written from one run of all of them: ${setting(results, 'seeds')} seeds, ` +
  `${Math.round(Number(results.settings.seconds) / 60)} minutes of one core (${setting(results, 'machine')}, Node ` +
  `${setting(results, 'node')}, ${setting(results, 'backend')} backend) on a machine that was busy with other work.\n\n` +
  'A rule that was in the code before the run computes each verdict: "supported" if it holds for every seed, "not supported" if ' +
  'it fails for every seed, else "unclear". A verdict is about these small networks, not about the paper. Numbers are means over the seeds, ' +
  'with the smallest and the largest in brackets; bands in the plots reach from the smallest to the largest. For the arithmetic, ' +
  'read [The z-score page](z-score.md); what normalization does to LeNet is in [the normalization study](normalization-study.md).';

const titleOf = (id: string): string => experimentOf(id).title;

function experimentOf(id: string) {
  const experiment = experiments.find((candidate) => candidate.id === id);
  if (experiment === undefined)
    throw new RangeError(`the results have an experiment '${id}' that is not one of the study's`);
  return experiment;
}

const overview = ({ experiments: entries }: Results): string =>
  markdownTable([
    ['experiment', 'claim', 'verdict'],
    ...entries.map(({ id, claim, verdict }) => [titleOf(id), claim, verdict]),
  ]);

const simplifications = (results: Results): string =>
  '## Simpler than in the papers\n\n' +
  `In all experiments: ${count(results, 'training images')} training and ${count(results, 'test images')} test images of Fashion-MNIST, ` +
  'each of 14x14 pixels (the mean of four), instead of CIFAR-10; a VGG of six 3x3 convolutions with 8, 16 and 32 channels and a dense ' +
  'layer of 64; batches of 64; some hundred steps of plain gradient descent. Each section says what else is simpler.';

function sectionMarkdown(entry: Entry, folder: string): string {
  const { title, formula, rule, simpler } = experimentOf(entry.id);
  const rows = Object.entries(entry.numbers).map(([name, number]) => [name, rangeText(number)]);
  return [
    `## ${title}`,
    `_${entry.claim}_ (${entry.source})`,
    formula.map((line) => `- \`${line}\``).join('\n'),
    `![${title}](${folder}/${entry.id}.svg)`,
    entry.seen,
    `**Verdict: ${entry.verdict}.** ${rule}`,
    markdownTable([['number', 'mean (smallest to largest)'], ...rows]),
    `Simpler than in the paper: ${simpler}`,
  ].join('\n\n');
}

const speedMarkdown = ({ ours, pytorch, ratio, lowest, highest, rounds, version }: Speed): string =>
  '## How fast a step is\n\n' +
  `A training step of this VGG with batch norm, 64 images, forward, backward and update, one thread each, in turn in ${rounds} rounds: ` +
  `${ours.toFixed(0)} steps/s here on wasm, ${pytorch.toFixed(0)} in ${version}; ours are ${ratio.toFixed(2)} times as many ` +
  `(${lowest.toFixed(2)} to ${highest.toFixed(2)}). Measurements beyond the step, such as gradients at other points, are counted in no step.`;
