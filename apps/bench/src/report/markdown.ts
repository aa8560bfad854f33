/** A result as a Markdown page, with plots in files beside it. */
import { caseTitle } from '../grid/cases.js';
import { labelOnBackend, rivalOf } from '../grid/contenders.js';
import { type DrawnPlot, type Plots, plotsOf } from '../plots/ofResult.js';
import { fileTheme } from '../plots/specification.js';
import type { BenchResult } from '../results/result.js';
import { entriesOf } from '../results/summary.js';
import { significant, times } from './format.js';
import { machineLines } from './machine.js';
import { backendsOf, caption, inOrder, notesOf, sectionsOf, type Table } from './sections.js';

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
  const images = shown.map(({ title, file }) => `![${title}](${folder}/${file})`);
  const parts = [
    `# Benchmarks of ${backendsOf(result).join(' and ')}`,
    `Made by \`npm run bench -- docs\`; do not edit. Raw figures: [result.json](${folder}/result.json). How it is measured, and how ` +
      'to read it: [apps/bench](../apps/bench/README.md).',
    machineLines(result)
      .slice(0, -1)
      .map((line) => `- ${line}`)
      .join('\n'),
    `\`\`\`sh\n${result.command}\n\`\`\``,
    `${caption}. A peer that wins is **bold**.`,
    ...sectionsOf(result).map(tableAsMarkdown),
    wins.rows.length > 0 ? tableAsMarkdown(wins) : `## ${wins.title}\n\nNowhere in this run.`,
    '## Not measured, and why',
    notesOf(result)
      .map((note) => `- ${note}`)
      .join('\n') || 'Everything was.',
    '## Plots',
    images.join('\n'),
  ];
  return { text: `${parts.join('\n\n')}\n`, plots: new Map(shown.map(({ file, svg }) => [file, svg])) };
}

/** What a page has room for: the curves, the shares, and bars of training on the first backend but cpu. */
function chosen({ growth, bandwidth, bars }: Plots): DrawnPlot[] {
  const backend = [...bars.keys()].find((name) => name !== 'cpu');
  const training = (backend === undefined ? [] : bars.get(backend)!).filter(({ entries }) =>
    ['forwardBackward', 'step'].includes(entries[0]!.row.phase),
  );
  return [...growth, ...bandwidth, ...training];
}

const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

export const tableAsMarkdown = ({ title, columns, rows }: Table): string => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    line(['', ...columns]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map((row) =>
      line([row.title, ...row.cells.map(({ text, peerWins }) => (peerWins ? `**${text}**` : text))]),
    ),
  ].join('\n');
};

/** Every figure where something else is faster than ours. */
function peerWins(result: BenchResult): Table {
  const entries = inOrder(result.rows).flatMap((row) => entriesOf(result, row));
  return {
    title: 'Where a peer wins',
    columns: ['peer', 'ms', 'ours', 'ms', 'times ours'],
    rows: entries.flatMap(({ row, contender, label, measured }) => {
      const rival = rivalOf(contender, result.contenders);
      if (!rival || !measured?.ratio || measured.ratio.median >= 1) return [];
      const ours = significant(row.cells[rival.id]!.median!);
      const texts = [
        label,
        significant(measured.median),
        `${labelOnBackend(rival)}, ${rival.backend}`,
        ours,
        times(measured.ratio.median),
      ];
      return [{ title: caseTitle(row), cells: texts.map((text) => ({ text })) }];
    }),
  };
}
