/** The figures that documents show, by name. */
import { rivalOf } from '../grid/contenders.js';
import type { Operation } from '../grid/operations.js';
import { lenetNorm } from '../grid/operations.js';
import { short, significant } from '../report/format.js';
import type { BenchResult, Participant } from '../results/result.js';
import { rowsOf, type Standing, standingOf, type Use } from '../results/verdict.js';
import { lenetTable, nodeTable, overviewTable, titleOf, webglTable } from './tables.js';

/** One run in Node and one in the page. */
export interface Results {
  readonly node: BenchResult;
  readonly webgl: BenchResult;
}

export const figures: Readonly<Record<string, (results: Results) => string>> = {
  machine: ({ node }) => `${node.machine.cpu} with ${node.machine.runtime.split('.').slice(0, 2).join('.')}`,
  'BatchNorm training beside tfjs': ({ node }) => rangeOf(node, 'training', 'composed', ['batchNorm']),
  'training beside PyTorch': ({ node }) => short(beside(node, 'training', 'torch').geometricMean),
  'training beside PyTorch, worst': ({ node }) => short(beside(node, 'training', 'torch').cases[0]!.ratio),
  'training beside PyTorch, best': ({ node }) => short(beside(node, 'training', 'torch').cases.at(-1)!.ratio),
  'training beside PyTorch, won': ({ node }) => won(beside(node, 'training', 'torch')),
  'training beside PyTorch, lost': ({ node }) => lost(beside(node, 'training', 'torch')),
  'inference beside PyTorch': ({ node }) => short(beside(node, 'inference', 'torch').geometricMean),
  'LeNet examples/s': ({ node }) => examples(lenetStep(node, 'bn/wasm/1')),
  'LeNet examples/s in PyTorch': ({ node }) => examples(lenetStep(node, 'torch/native/1')),
  'LeNet step': ({ node }) => significant(lenetStep(node, 'bn/wasm/1')),
  'LeNet step, two threads': ({ node }) => significant(lenetStep(node, 'bn/wasm/2')),
  'LeNet step, 2 images': ({ node }) => significant(lenetStep(node, 'bn/wasm/1', 2)),
  'LeNet epoch, 2 images': ({ node }) => seconds(lenetStep(node, 'bn/wasm/1', 2), 2),
  'LeNet epoch': ({ node }) => seconds(lenetStep(node, 'bn/wasm/1'), lenetBatch),
  'webgl training beside tfjs': ({ webgl }) => rangeOf(webgl, 'training', 'composed'),
  'webgl inference beside tfjs': ({ webgl }) => rangeOf(webgl, 'inference', 'composed'),
  overview: ({ node }) => overviewTable(node),
  'Node versions': ({ node }) => nodeTable(node),
  'LeNet by batch': ({ node }) => lenetTable(node),
  webgl: ({ webgl }) => webglTable(webgl),
};

/** @throws Error if the result has not measured what the figure is about. */
export const figureFrom =
  (results: Results) =>
  (name: string): string | undefined =>
    Object.hasOwn(figures, name) ? figures[name]!(results) : undefined;

/** Ours with one thread beside a peer, on all of an operation's cases or all there are. */
function beside(
  result: BenchResult,
  use: Use,
  implementation: string,
  only?: readonly Operation[],
): Standing {
  const peer = result.contenders.find(
    (contender) =>
      contender.implementation === implementation &&
      contender.threads === 1 &&
      contender.backend !== 'cpu' &&
      contender.backend !== 'webgpu',
  );
  const ours = peer && (rivalOf(peer, result.contenders) as Participant | undefined);
  const rows = rowsOf(result, use).filter(({ operation }) => !only || only.includes(operation));
  const standing = peer && ours && standingOf(use, ours, peer, rows)[0];
  if (!standing) throw new Error(`the result has no ${use} beside ${implementation}`);
  return standing;
}

function rangeOf(result: BenchResult, use: Use, implementation: string, only?: readonly Operation[]): string {
  const { cases } = beside(result, use, implementation, only);
  return `${short(cases[0]!.ratio)} to ${short(cases.at(-1)!.ratio)}`;
}

const won = ({ cases }: Standing): string =>
  `${cases.filter(({ ratio }) => ratio >= 1).length} of ${cases.length}`;

const lost = ({ cases }: Standing): string =>
  cases
    .filter(({ ratio }) => ratio < 1)
    .map(({ row, ratio }) => `${titleOf(row)} ${short(ratio)}`)
    .join(', ') || 'none';

/** Milliseconds of a step with batch norm, on 256 images unless it says otherwise. */
function lenetStep({ rows }: BenchResult, contender: string, images = lenetBatch): number {
  const row = rows.find(({ operation, shape }) => lenetNorm(operation) === 'batch' && shape[0] === images);
  const milliseconds = row?.cells[contender]?.median;
  if (milliseconds === undefined) throw new Error(`the result has no LeNet of ${contender}`);
  return milliseconds;
}

const lenetBatch = 256;

/** Of an epoch of Fashion-MNIST. */
const seconds = (milliseconds: number, images: number): string => short((milliseconds * 60) / images);

/** In hundreds. */
const examples = (milliseconds: number): string =>
  (Math.round((lenetBatch * 10) / milliseconds) * 100).toLocaleString('en');
