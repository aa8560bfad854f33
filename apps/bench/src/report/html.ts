/** A result as one HTML file that needs nothing else: no network, no script. */
import { type DrawnPlot, type Plots, plotsOf } from '../plots/ofResult.js';
import { inlineTheme } from '../plots/specification.js';
import type { BenchResult } from '../results/result.js';
import { detailsOf } from './details.js';
import { machineLines } from './machine.js';
import { notesOf } from './notes.js';
import { plain } from './plain.js';
import { legend, sectionsOf } from './sections.js';
import { styleSheet } from './style.js';
import type { Table } from './table.js';
import { verdictLines } from './verdict.js';

export async function reportAsHtml(result: BenchResult): Promise<string> {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@bn benchmark</title>
<style>${styleSheet}</style>
<main>
<h1>@bn benchmark</h1>
${await reportBody(result)}
</main>
</html>
`;
}

/** What the file and the page show of a result. */
export async function reportBody(result: BenchResult): Promise<string> {
  const plots = await plotsOf(result, inlineTheme);
  const verdict = verdictLines(result).map((line) => `<li>${escaped(line)}</li>`);
  const machine = machineLines(result).map((line) => `<li>${escaped(line)}</li>`);
  const explained = legend.map((line) => `<li>${escaped(line)}</li>`);
  const notes = notesOf(result).map((note) => `<li>${escaped(note)}</li>`);
  return [
    `<ul class="verdict">${verdict.join('')}</ul>`,
    `<ul class="machine">${machine.join('')}</ul>`,
    `<ul class="legend">${explained.join('')}<li>A peer that wins is <strong class="loss">marked</strong>.</li></ul>`,
    ...sectionsOf(result).map(tableAsHtml),
    notes.length > 0
      ? `<details><summary>Not measured, or not at its best, and why</summary><ul>${notes.join('')}</ul></details>`
      : '',
    plotsAsHtml(plots),
  ].join('\n');
}

function plotsAsHtml({ bars, growth, limit }: Plots): string {
  const groups: [string, readonly DrawnPlot[]][] = [
    ['Time against size', growth],
    ...[...bars].map(([backend, plots]): [string, readonly DrawnPlot[]] => [
      `Beside the peers, backend ${backend}`,
      plots,
    ]),
    ['Times the limit of memory', limit],
  ];
  return groups
    .filter(([, plots]) => plots.length > 0)
    .map(
      ([title, plots]) =>
        `<h2>${escaped(title)}</h2>\n<div class="plots">${plots.map(figure).join('\n')}</div>`,
    )
    .join('\n');
}

const figure = ({ title, svg, entries }: DrawnPlot): string =>
  `<figure><figcaption>${escaped(title)}</figcaption>${svg}<details><summary>numbers</summary>${tableBody(
    detailsOf('', entries),
  )}</details></figure>`;

export const tableAsHtml = (table: Table): string => `<h2>${escaped(table.title)}</h2>\n${tableBody(table)}`;

/** The table, in a box of its own that scrolls sideways if it is wider than the screen. */
function tableBody({ columns, rows }: Table): string {
  const head = ['', ...columns].map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const lines = rows.map(({ title, cells }) => {
    const data = cells.map(
      ({ text, peerWins }) => `<td${peerWins ? ' class="loss"' : ''}>${escaped(text)}</td>`,
    );
    return `<tr><th scope="row">${escaped(title)}</th>${data.join('')}</tr>`;
  });
  return `<div class="table" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string =>
  plain(text).replace(/[&<>"']/g, (character) => entities[character]!);
