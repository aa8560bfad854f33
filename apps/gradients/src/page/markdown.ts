/** Tables in Markdown, and what is read back from them. */

const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The cells of one column, by the first cell of each row, of all tables below a heading that have such a column. */
export function readColumn(page: string, section: string, title: string): Map<string, string> {
  const start = page.indexOf(`\n## ${section}\n`);
  if (start < 0) return new Map();
  const body = page.slice(start + 1).split('\n## ')[0]!;
  const lines = body.split('\n').filter((text) => text.startsWith('| '));
  const cells = lines.map((text) => text.slice(2, -2).split(' | '));
  const at = cells[0]?.indexOf(title) ?? -1;
  return new Map(at < 0 ? [] : cells.slice(2).map((row) => [row[0]!, row[at]!]));
}
