/** The tables of figures in documents: a choice of a result's rows, as aligned Markdown. */
import { type Case, caseTitle } from '../grid/cases.js';
import { rivalOf } from '../grid/contenders.js';
import { shapeText } from '../grid/shapes.js';
import { short, significant, times } from '../report/format.js';
import type { BenchResult, Participant, Row } from '../results/result.js';
import { ratioBetween } from '../results/summary.js';

type Line = readonly string[];

const training = (operation: Case['operation'], shape: string, dataFormat?: Case['dataFormat']): Case => ({
  operation,
  phase: operation.startsWith('lenet-') ? 'step' : 'forwardBackward',
  shape: shape.split('x').map(Number),
  ...(dataFormat ? { dataFormat } : {}),
});

const inference = (operation: Case['operation'], shape: string, dataFormat?: Case['dataFormat']): Case => ({
  ...training(operation, shape, dataFormat),
  phase: 'inference',
});

/** What a reader meets first: the layers of well-known networks. */
const chosen: readonly Case[] = [
  training('batchNorm', '256x6x24x24', 'channelsLast'),
  training('batchNorm', '32x64x56x56', 'channelsLast'),
  training('batchNorm', '32x64x56x56', 'channelsFirst'),
  training('batchNorm', '4x64x224x224', 'channelsLast'),
  training('batchNorm', '32x256x14x14', 'channelsLast'),
  training('batchNorm', '32x512x7x7', 'channelsLast'),
  training('batchNorm', '256x120'),
  training('batchNorm', '4096x1024'),
  inference('batchNorm', '32x64x56x56', 'channelsLast'),
  inference('batchNorm', '32x64x56x56', 'channelsFirst'),
  training('layerNorm', '4096x768'),
  inference('layerNorm', '4096x768'),
  training('groupNorm', '32x64x56x56', 'channelsLast'),
  training('lenet-batch', '256x1x28x28'),
];

/** Ours beside the peers, one thread each. */
export function overviewTable(result: BenchResult): string {
  const ours = result.contenders.find(({ id }) => id === 'bn/wasm/1')!;
  const peers = (['composed/wasm/1', 'onnxruntime/wasm/1', 'jax/wasm/1', 'torch/native/1'] as const).flatMap(
    (id) => result.contenders.filter((contender) => contender.id === id && contender.missing === undefined),
  );
  const names: Record<string, string> = {
    'composed/wasm/1': 'tfjs composed',
    'onnxruntime/wasm/1': 'onnxruntime-web',
    'jax/wasm/1': 'jax-js',
    'torch/native/1': 'PyTorch',
  };
  const lines = chosen.map((wanted): Line => {
    const row = rowOf(result, wanted);
    return [titleOf(wanted), milliseconds(row, ours), ...peers.map((peer) => besideText(row, peer, ours))];
  });
  return aligned(['wasm, one thread', '@bn/wasm', ...peers.map(({ id }) => names[id]!)], lines);
}

/** Ours on each Node that was measured. */
export function nodeTable(result: BenchResult): string {
  const ours = result.contenders.filter(({ id }) => id === 'bn/wasm/1' || id.startsWith('bn/wasm/1/'));
  const torch = result.contenders.find(({ id }) => id === 'torch/native/1');
  const name = ({ runtime }: Participant) => runtime ?? result.machine.runtime;
  const lines = chosen.map((wanted): Line => {
    const row = rowOf(result, wanted);
    return [
      titleOf(wanted),
      ...ours.map((one) => milliseconds(row, one)),
      ...ours.map((one) => (torch ? ratioText(row, torch, one) : '-')),
    ];
  });
  const heads = [
    ...ours.map((one) => `${name(one)}, ms`),
    ...ours.map((one) => `PyTorch beside ${name(one)}`),
  ];
  return aligned(['wasm, one thread', ...heads], lines);
}

/** Training of LeNet by the size of a batch. */
export function lenetTable(result: BenchResult): string {
  const id = (implementation: string, threads: number) =>
    implementation === 'bn' ? `bn/wasm/${threads}` : `torch/native/${threads}`;
  const rows = result.rows
    .filter(({ operation }) => operation === 'lenet-batch')
    .sort((a, b) => a.shape[0]! - b.shape[0]!);
  const threads = [...new Set(result.contenders.map((contender) => contender.threads))].sort((a, b) => a - b);
  const pairs = threads.map((count) => [id('bn', count), id('torch', count), count] as const);
  const speed = (row: Row, contender: string) => {
    const median = row.cells[contender]?.median;
    return median === undefined ? '-' : Math.round((row.shape[0]! * 1000) / median).toLocaleString('en');
  };
  const lines = rows.map(
    (row): Line => [
      String(row.shape[0]),
      ...pairs.flatMap(([ours, torch]) => {
        const [our, their] = [ours, torch].map((one) =>
          result.contenders.find((contender) => contender.id === one),
        );
        return [speed(row, ours), speed(row, torch), our && their ? ratioText(row, their, our) : '-'];
      }),
    ],
  );
  const head = pairs.flatMap(([, , count]) => {
    const many = count > 1 ? `, ${count} threads` : '';
    return [`@bn${many}, examples/s`, `PyTorch${many}, examples/s`, `times PyTorch${many}`];
  });
  return aligned(['batch', ...head], lines);
}

/** Ours on WebGL beside tfjs's own ops there. */
export function webglTable(result: BenchResult): string {
  const composed = result.contenders.find(({ id }) => id === 'composed/webgl/1')!;
  const ours = rivalOf(composed, result.contenders) as Participant;
  const wanted = [
    training('batchNorm', '32x64x56x56', 'channelsLast'),
    training('batchNorm', '256x6x24x24', 'channelsLast'),
    training('batchNorm', '256x120'),
    training('groupNorm', '32x64x56x56', 'channelsLast'),
    training('layerNorm', '4096x768'),
    inference('batchNorm', '32x64x56x56', 'channelsLast'),
  ];
  const lines = wanted.map((one): Line => {
    const row = rowOf(result, one);
    return [titleOf(one), milliseconds(row, ours), besideText(row, composed, ours)];
  });
  return aligned(['webgl, in software', '@bn/webgl, ms', 'tfjs composed'], lines);
}

/** Forward and backward are what training is: only inference is named. */
export const titleOf = (wanted: Case): string =>
  caseTitle(wanted).replace(' forward + backward', '').replace(' training step', ', a step,');

/** @throws Error if the result has no such row */
function rowOf({ rows }: BenchResult, { operation, phase, shape, dataFormat }: Case): Row {
  const found = rows.find(
    (row) =>
      row.operation === operation &&
      row.phase === phase &&
      shapeText(row.shape) === shapeText(shape) &&
      row.dataFormat === dataFormat,
  );
  if (!found)
    throw new Error(`the result has no ${operation} ${phase} ${shapeText(shape)} ${dataFormat ?? ''}`);
  return found;
}

function milliseconds(row: Row, { id }: Participant): string {
  const median = row.cells[id]?.median;
  return median === undefined ? '-' : significant(median);
}

function besideText(row: Row, peer: Participant, ours: Participant): string {
  const ratio = ratioBetween(row, peer, ours);
  return ratio ? `${milliseconds(row, peer)}, ${times(ratio.median)}` : '-';
}

function ratioText(row: Row, peer: Participant, ours: Participant): string {
  const ratio = ratioBetween(row, peer, ours);
  return ratio ? `${short(ratio.median)}x` : '-';
}

/** A table whose source can be read: as the formatter of this repository writes it. */
function aligned(head: Line, lines: readonly Line[]): string {
  const widths = head.map((text, column) =>
    Math.max(3, text.length, ...lines.map((line) => line[column]!.length)),
  );
  const written = (line: Line) =>
    `| ${line.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [written(head), rule, ...lines.map(written)].join('\n');
}
