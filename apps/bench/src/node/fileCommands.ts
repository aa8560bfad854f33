/** The commands that read results: compare, report, docs. */
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf, UsageError } from '../errors.js';
import { comparisonAsText } from '../report/comparison.js';
import { reportAsMarkdown } from '../report/markdown.js';
import { compareResults } from '../results/compare.js';
import type { BenchResult } from '../results/result.js';
import { reportPath, writeReport } from './reportFile.js';
import { readResult, writeResult, writeText } from './resultFile.js';

export async function compareCommand(before: string, after: string): Promise<void> {
  console.log(comparisonAsText(compareResults(await readResult(before), await readResult(after))));
}

export async function reportCommand(path: string, { out }: { readonly out?: string }): Promise<void> {
  const report = out ?? reportPath(path);
  if (resolve(report) === resolve(path)) {
    throw new UsageError(`--out: expected another file than the result, got '${report}'`);
  }
  await writeReport(report, await readResult(path));
  console.log(report);
}

export interface DocsOptions {
  readonly out: string;
  readonly name: string;
}

export async function docsCommand(path: string, options: DocsOptions): Promise<void> {
  await writePage(await readResult(path), options);
}

/**
 * Writes a page, and the raw result and plots into a folder of its name, which replaces the one of before as a whole. What is
 * there stays until all of the new is on the disk.
 */
export async function writePage(result: BenchResult, { out, name }: DocsOptions): Promise<void> {
  const { text, plots } = await reportAsMarkdown(result, name);
  const [folder, page] = [join(out, name), join(out, `${name}.md`)];
  await refuseForeign(folder);
  const [nextFolder, nextPage] = [`${folder}.new-${process.pid}`, `${page}.new-${process.pid}`];
  try {
    await writeResult(join(nextFolder, 'result.json'), result);
    for (const [file, svg] of plots) await writeText(join(nextFolder, file), `${svg}\n`);
    await writeText(nextPage, text);
    await replaceFolder(folder, nextFolder);
    await replace(page, nextPage);
  } finally {
    // If they could not be created there is nothing to remove; that is what is reported then.
    for (const next of [nextFolder, nextPage]) {
      await rm(next, { recursive: true, force: true }).catch(() => {});
    }
  }
  console.log(page);
}

/** @throws UsageError for a folder with files that no page brought along: they would be lost. */
async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length === 0 || names.includes('result.json')) return;
  throw new UsageError(
    `'${folder}' would be replaced as a whole: expected a new folder, or that of an earlier page, got one that holds ` +
      `'${names[0]}' and no result.json. Choose another --name or --out`,
  );
}

/** The folder of before is there until the next one has its name. */
async function replaceFolder(folder: string, next: string): Promise<void> {
  const previous = `${folder}.old-${process.pid}`;
  const there = existsSync(folder);
  if (there) await replace(previous, folder);
  try {
    await replace(folder, next);
  } catch (error) {
    if (there) await rename(previous, folder);
    throw error;
  }
  await rm(previous, { recursive: true, force: true });
}

async function replace(path: string, next: string): Promise<void> {
  try {
    await rename(next, path);
  } catch (error) {
    throw new UsageError(`cannot replace '${path}': ${messageOf(error)}`);
  }
}
