/** Writes docs/gradients.md from the columns that the last test run left behind. */
import { type Fault, faults } from '../faults/faults.js';
import { refusals } from '../faults/refusals.js';
import { columns } from '../table/columns.js';
import type { ColumnReport, RowVerdicts } from '../table/run.js';
import { cell, outcomeOf } from './cell.js';
import { table } from './markdown.js';

const titles = columns.map(({ title }) => title);
const outcomes = ['right', 'wrong', 'refused'] as const;

/** The verdicts of each row, column after column. */
function rowsOf(reports: readonly ColumnReport[], section: string): RowVerdicts[][] {
  const names = reports[0]!.rows.filter((row) => row.section === section).map(({ row }) => row);
  return names.map((name) =>
    reports.map((report) => report.rows.find(({ section: of, row }) => of === section && row === name)!),
  );
}

function sectionTable(reports: readonly ColumnReport[], section: string): string {
  return table(
    [section === 'Layers' ? 'layer' : 'operation', 'cases', ...titles],
    rowsOf(reports, section).map((verdicts) => [
      verdicts[0]!.row,
      verdicts[0]!.cases.length,
      ...verdicts.map(cell),
    ]),
  );
}

function summary(reports: readonly ColumnReport[]): string {
  return table(
    ['rows', ...titles],
    outcomes.map((outcome) => [
      outcome,
      ...reports.map(({ rows }) => rows.filter((verdicts) => outcomeOf(verdicts) === outcome).length),
    ]),
  );
}

/** Every case that is not right with @bn, with what it says or is off by. */
function leftOver(reports: readonly ColumnReport[]): string {
  const lines = reports
    .filter((_, i) => columns[i]!.isOurs)
    .flatMap(({ title, rows }) =>
      rows.flatMap(({ row, cases }) =>
        cases
          .filter(({ outcome }) => outcome !== 'right')
          .map((verdict) => [title, row, verdict.case, verdict.outcome, verdict.reason.replaceAll('|', '/')]),
      ),
    );
  return table(['column', 'row', 'case', '', 'in what way'], lines);
}

const issueLink = (issue: number) => `[${issue}](https://github.com/tensorflow/tfjs/issues/${issue})`;

function faultRow({ rows, backends, what, mended, issues }: Fault): string[] {
  return [
    rows.join(', '),
    backends.join(', '),
    what,
    mended,
    issues === undefined ? '' : issues.map(issueLink).join(', '),
  ];
}

export function pageOf(reports: readonly ColumnReport[]): string {
  return `# Gradients

Made by \`npm run gradients:report\` from the last test run; do not edit. TensorFlow.js ${reports[0]!.tfjs}.

Every operation that tfjs has a gradient for, and every layer of \`tf.layers\`, on three backends: with @bn/wasm-train
imported (\`@bn\`; its gradients serve all backends, its kernels wasm), and with tfjs alone (\`tfjs\`). A case is right if its
value and all of its gradients agree with float64: with central differences of a forward pass in plain TypeScript over
float64, which shares no kernel with tfjs. They agree if no element is farther off than 2e-5 (webgl: 2e-4) of the largest one.
Refused means an error; a crash, or a gradient of the wrong shape, is wrong. How it is done: apps/gradients.

${summary(reports)}

## Operations

Those of tfjs's own registry of gradients.

${sectionTable(reports, 'Operations')}

## Other operations

Without an entry in the registry: their gradients are part of the operation, or missing.

${sectionTable(reports, 'Other operations')}

## Layers

\`tf.layers\`, in training: gradients of the inputs and of all weights.

${sectionTable(reports, 'Layers')}

## Faults of tfjs

Found by this table, with tfjs alone. "Mended" says what mends them.

${table(['rows', 'on', 'what is wrong', 'mended', 'tfjs issue'], faults.map(faultRow))}

tf.layers refuses or breaks these by itself, on every backend (and depthwiseConv2d does not pass its dilationRate on):

${table(
  ['layer', 'made with', 'instead'],
  refusals.map(({ layer, config, instead }) => [layer, `\`${JSON.stringify(config)}\``, instead]),
)}

## What is left

With @bn. On webgl and cpu these are kernels of tfjs, which @bn leaves as they are.

${leftOver(reports)}
`;
}
