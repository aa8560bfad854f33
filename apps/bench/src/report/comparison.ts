/** A comparison for the terminal. */
import { caseTitle } from '../grid/cases.js';
import { agreement, type Change, type Comparison } from '../results/compare.js';
import { percent, significant } from './format.js';
import { plain } from './plain.js';
import { type Table, textCells } from './table.js';
import { tableAsText } from './text.js';

export function comparisonAsText({ times, ratios, onlyBefore, onlyAfter, differences }: Comparison): string {
  const parts = [
    ...(differences.length > 0
      ? [['Not measured on the same:', ...differences.map((line) => `  ${plain(line)}`)].join('\n')]
      : []),
    ...[
      movedTable('Moved by more than noise, ms', times),
      movedTable('Moved by more than noise, times ours', ratios),
    ]
      .filter(({ rows }) => rows.length > 0)
      .map((table) => tableAsText(table)),
    [
      agreementLine('times', times),
      agreementLine('ratios to ours', ratios),
      ...(onlyBefore + onlyAfter > 0
        ? [`${onlyBefore} figures are in the first only, ${onlyAfter} in the second only`]
        : []),
    ].join('\n'),
  ];
  return parts.join('\n\n');
}

const movedTable = (title: string, changes: readonly Change[]): Table => ({
  title,
  columns: ['before', 'after', 'change'],
  rows: changes
    .filter(({ verdict }) => verdict === 'moved')
    .sort((a, b) => a.after / a.before - b.after / b.before)
    .map((change) => ({
      title: `${caseTitle(change.case)}, ${change.label}`,
      cells: textCells([
        significant(change.before),
        significant(change.after),
        signed(change.after / change.before - 1),
      ]),
    })),
});

const signed = (fraction: number): string => `${fraction > 0 ? '+' : ''}${percent(fraction)}`;

function agreementLine(name: string, changes: readonly Change[]): string {
  const unsure = changes.filter(({ verdict }) => verdict === 'unsure').length;
  const sure = changes.length - unsure;
  const left = unsure > 0 ? `; ${unsure} of less than 95% confidence are not counted` : '';
  if (sure === 0) return `${name}: none with an interval of 95% in both${left}`;
  return `${name}: ${percent(agreement(changes))} of ${sure} agree within their intervals${left}`;
}
