/** The report: one HTML file that needs nothing beside it, for screens from a phone's on, light and dark. */
import type { Results } from '../results/entry.js';
import { rangeText, type Section } from './sections.js';

const style = `
:root { color-scheme: light dark; --text: #1a1a1a; --page: #fff; --card: #f4f4f5; --line: #d4d4d8; --quiet: #52525b;
  --yes: #166534; --no: #9f1239; --open: #854d0e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #f4f4f5; --page: #18181b; --card: #27272a; --line: #52525b; --quiet: #b4b4bb;
    --yes: #86efac; --no: #fda4af; --open: #fde047; }
  img { filter: invert(0.9) hue-rotate(180deg); }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 46rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
a { color: inherit; } img { display: block; max-width: 100%; height: auto; margin: 0.5rem 0; }
blockquote { margin: 0; padding-left: 0.8rem; border-left: 3px solid var(--line); }
code { font-family: ui-monospace, monospace; font-size: 0.9em; } .formula { display: block; background: var(--card); padding: 0.2rem 0.6rem; overflow-x: auto; white-space: pre; }
.quiet { color: var(--quiet); font-size: 0.9rem; } .supported { color: var(--yes); } .not-supported { color: var(--no); } .unclear { color: var(--open); }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; } td, th { text-align: left; padding: 0.2rem 0.4rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
`;

export interface ReportPlot extends Section {
  readonly svg: string;
}

export function reportHtml(results: Results, sections: readonly ReportPlot[]): string {
  const overview = sections.map(
    ({ experiment, entry }) =>
      `<tr><td><a href="#${experiment.id}">${escaped(experiment.title)}</a></td><td>${verdictHtml(entry.verdict)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Why batch norm works</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Why batch norm works</h1>
<p class="quiet">${escaped(settingsText(results))}</p>
<table>
<tr><th>experiment</th><th>verdict</th></tr>
${overview.join('\n')}
</table>
${sections.map(sectionHtml).join('\n')}
</main>
</body>
</html>
`;
}

function sectionHtml({ experiment, entry, svg }: ReportPlot): string {
  const rows = Object.entries(entry.numbers).map(
    ([name, number]) => `<tr><td>${escaped(name)}</td><td>${escaped(rangeText(number))}</td></tr>`,
  );
  return `<section id="${experiment.id}">
<h2>${escaped(experiment.title)}</h2>
<blockquote>${escaped(entry.claim)}</blockquote>
<p class="quiet">${escaped(entry.source)}</p>
<p>${experiment.formula.map((line) => `<code class="formula">${escaped(line)}</code>`).join('\n')}</p>
<img alt="${escaped(`Plot of the experiment: ${entry.seen}`)}" src="data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}">
<p>${escaped(entry.seen)}</p>
<p><strong>${verdictHtml(entry.verdict)}</strong> <span class="quiet">${escaped(experiment.rule)}</span></p>
<details><summary>Numbers</summary><table>
<tr><th>number</th><th>mean over the seeds (smallest to largest)</th></tr>
${rows.join('\n')}
</table></details>
<p class="quiet">Simpler than in the paper: ${escaped(experiment.simpler)}</p>
</section>`;
}

const verdictHtml = (verdict: string): string =>
  `<span class="${verdict.replace(' ', '-')}">${escaped(verdict)}</span>`;

export const settingsText = ({ settings }: Results): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
