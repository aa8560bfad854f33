/** Writes docs/tfjs.md from the list of faults. */
import { markdownTable } from 'markdown-table';
import type { Fault } from './fault.js';
import { type Section, sections } from './list.js';

/** As inline code in a cell of a table, in which a bar ends the cell and a message may have backquotes. */
const code = (text: string): string => `\`\` ${text.replaceAll('|', '\\|')} \`\``;
const numbers = (values: readonly number[]): string => `[${values.join(', ')}]`;

function shown({ message, wrong }: Fault): string {
  if (message !== undefined) return code(message);
  return wrong === undefined ? 'other numbers' : code(numbers(wrong));
}

const issueLink = (issue: number): string => `[${issue}](https://github.com/tensorflow/tfjs/issues/${issue})`;

function row(fault: Fault): string[] {
  const { wanted, backends, mending, instead, right, issues = [] } = fault;
  return [
    shown(fault),
    wanted,
    backends.join(', '),
    code(fault.code),
    mending === undefined ? 'no import' : code(`import '${mending}'`),
    `${instead === undefined ? '' : `${code(instead)}: `}${code(numbers(right))}`,
    issues.map(issueLink).join(', '),
  ];
}

const titles = ['tfjs says or computes', 'of', 'on', 'shown by', 'mended by', 'then right', 'issue of tfjs'];
const section = ({ title, faults }: Section): string =>
  `## ${title}\n\n${markdownTable([titles, ...faults.map(row)], { alignDelimiters: false })}\n`;

export const page = (): string => `# Errors of TensorFlow.js

Made by \`node apps/referee/scripts/writeTfjs.mjs\` from the list in apps/referee/src/faults; do not edit. TensorFlow.js 4.22.0.

Error messages and wrong results of tfjs, each with the import that mends it. Find yours by its text. A test runs every
line, with tfjs alone and with the import, on the backends named: cpu and wasm in Node, webgl and webgpu in Chromium, which
renders in software. \`predictKeras2\`, \`sequentialOfKeras3\` and the like
stand for \`tf.loadLayersModel\` of a model as Keras writes it (apps/referee/src/faults/helpers.ts). Where a line names no
other code, the same code is right with the import. More on gradients: [gradients](gradients.md).

${sections.map(section).join('\n')}`;
