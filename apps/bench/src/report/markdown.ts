/** A result as a Markdown page, with plots in files beside it. */
import { type DrawnPlot, type Plots, plotsOf } from '../plots/ofResult.js';
import { fileTheme } from '../plots/specification.js';
import type { BenchResult } from '../results/result.js';
import { peerWins } from './besidePeers.js';
import { machineLines } from './machine.js';
import { notesOf } from './notes.js';
import { backendsOf } from './overview.js';
import { ownGpu } from './ownGpu.js';
import { plain } from './plain.js';
import { legend, sectionsOf } from './sections.js';
import type { Table } from './table.js';
import { verdictLines } from './verdict.js';

export interface MarkdownReport {
  readonly text: string;
  /** SVG files by the name that the text links to. */
  readonly plots: ReadonlyMap<string, string>;
}

/** @param folder where plots and the raw result are, as the page links to them */
export async function reportAsMarkdown(result: BenchResult, folder: string): Promise<MarkdownReport> {
  const shown = chosen(await plotsOf(result, fileTheme)).map((plot) => ({
    ...plot,
    file: `${fileName(plot.title)}.svg`,
  }));
  const wins = peerWins(result);
  const images = shown.map(({ title, file }) => `![${asMarkdown(title)}](${folder}/${file})`);
  const own = ownGpu(result);
  const parts = [
    `# Benchmarks of ${backendsOf(result).join(' and ')}`,
    `Made by \`npm run bench -- docs\`; do not edit. Raw figures: [result.json](${folder}/result.json). How it is measured, and how ` +
      'to read it: [apps/bench](../apps/bench/README.md).',
    list(verdictLines(result)),
    list(machineLines(result).slice(0, -1)),
    fenced(result.command),
    `${list(legend)}\n- A peer that wins is **bold**.`,
    ...sectionsOf(result).map(tableAsMarkdown),
    wins.rows.length > 0 ? tableAsMarkdown(wins) : `## ${wins.title}\n\nNowhere in this run.`,
    ...(own === undefined ? [] : [own]),
    '## Not measured, or not at its best, and why',
    list(notesOf(result)) || 'Everything was.',
    '## Plots',
    images.join('\n'),
  ];
  return { text: `${parts.join('\n\n')}\n`, plots: new Map(shown.map(({ file, svg }) => [file, svg])) };
}

/** What a page has room for: the curves, the limits, and bars of training on the first backend but cpu. */
function chosen({ growth, limit, bars }: Plots): DrawnPlot[] {
  const backend = [...bars.keys()].find((name) => name !== 'cpu');
  const training = (backend === undefined ? [] : bars.get(backend)!).filter(({ entries }) =>
    ['forwardBackward', 'step'].includes(entries[0]!.row.phase),
  );
  return [...growth, ...limit, ...training];
}

const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** Text that Markdown shows as it is: no markup, no cell of a table, no HTML. */
export const asMarkdown = (text: string): string =>
  plain(text)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

const list = (lines: readonly string[]): string => lines.map((line) => `- ${asMarkdown(line)}`).join('\n');

/** A block of code with a fence longer than any in it. */
function fenced(command: string): string {
  const runs = command.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  return `${fence}sh\n${plain(command)}\n${fence}`;
}

/** The table without a title. */
export const tableBodyAsMarkdown = ({ columns, rows }: Table): string => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns.map(asMarkdown)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map((row) =>
      line([
        asMarkdown(row.title),
        ...row.cells.map(({ text, peerWins }) => (peerWins ? `**${asMarkdown(text)}**` : asMarkdown(text))),
      ]),
    ),
  ].join('\n');
};

export const tableAsMarkdown = (table: Table): string =>
  `## ${asMarkdown(table.title)}\n\n${tableBodyAsMarkdown(table)}`;
