/** The commands that read results: compare, report, docs. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { comparisonAsText } from '../report/comparison.js';
import { reportAsMarkdown } from '../report/markdown.js';
import { compareResults } from '../results/compare.js';
import { reportPath, writeReport } from './reportFile.js';
import { readResult, writeResult, writeText } from './resultFile.js';

export async function compareCommand(before: string, after: string): Promise<void> {
  console.log(comparisonAsText(compareResults(await readResult(before), await readResult(after))));
}

export async function reportCommand(path: string, { out }: { readonly out?: string }): Promise<void> {
  const report = out ?? reportPath(path);
  await writeReport(report, await readResult(path));
  console.log(report);
}

export interface DocsOptions {
  readonly out: string;
  readonly name: string;
}

/** Writes a page, and the raw result and plots into a folder of its name that is emptied before. */
export async function docsCommand(path: string, { out, name }: DocsOptions): Promise<void> {
  const result = await readResult(path);
  const { text, plots } = await reportAsMarkdown(result, name);
  const folder = join(out, name);
  await rm(folder, { recursive: true, force: true });
  await writeResult(join(folder, 'result.json'), result);
  for (const [file, svg] of plots) await writeText(join(folder, file), `${svg}\n`);
  const page = join(out, `${name}.md`);
  await writeText(page, text);
  console.log(page);
}
