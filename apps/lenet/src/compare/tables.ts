/** Figures as Markdown tables, which also read well on a terminal. */
import { markdownTable } from 'markdown-table';
import type { Figure, FigureLine } from './figures.js';
import type { Spread } from './statistics.js';

export const tableOf = ({ metric, facet, axis, xs, lines }: Figure): string => {
  const heading = facet === '' ? metric : `${metric}, ${facet}`;
  const rows = lines.map((line) => [line.label, ...line.points.map(cellText)]);
  const table = markdownTable([[axis, ...xs.map(String)], ...rows], { align: ['l', ...xs.map(() => 'r')] });
  return `${heading}:\n\n${table}\n`;
};

/** The mean, the smallest and largest of several seeds, and how many runs ended otherwise. */
function cellText({ spread, lost }: FigureLine['points'][number]): string {
  const ends = [...new Set(lost)].map((end) => `${lost.filter((one) => one === end).length} ${end}`);
  return [...(spread ? [spreadText(spread)] : []), ...ends].join(', ');
}

function spreadText({ mean, low, high }: Spread): string {
  const text = mean.toFixed(3);
  return low === high ? text : `${text} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}
