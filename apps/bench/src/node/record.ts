/** `bench record` and `bench publish`: the runs that documents show, and the documents that show them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ofContenders } from '../results/ofContenders.js';
import { currentBuild } from './build.js';
import { documentsWith, type PublishedPage, pages, publishedResults } from './documents.js';
import { writePage } from './fileCommands.js';
import { type Part, runs } from './recordParts.js';
import { readResult, writeText } from './resultFile.js';

/**
 * Measures parts of the record. Parts that an interrupted record has are not measured again, and one that it had begun goes on.
 *
 * @param run runs a command line of the benchmark
 */
export async function recordCommand(
  asked: readonly Part[],
  folder: string,
  run: (parameters: readonly string[]) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  for (const part of await unfinished(asked, folder)) {
    if (signal.aborted) return;
    console.error(`record, part ${part}`);
    await run([...runs[part], '--resume', '--out', recorded(folder, part)]);
  }
}

/** The parts without a complete result of the programs as they are now; all if none is without. */
async function unfinished(asked: readonly Part[], folder: string): Promise<readonly Part[]> {
  const build = await currentBuild();
  const left: Part[] = [];
  for (const part of asked) {
    const path = recorded(folder, part);
    const result = existsSync(path) ? await readResult(path) : undefined;
    if (result?.state !== 'complete' || result.build !== build) left.push(part);
    else console.error(`record, part ${part} is complete in ${path}`);
  }
  return left.length > 0 ? left : asked;
}

/** Writes the pages of what was recorded, and brings all documents to the figures of the pages. */
export async function publishCommand(folder: string): Promise<void> {
  const published: readonly PublishedPage[] = Object.values(pages);
  for (const { name, part, shows = () => true } of published) {
    const path = recorded(folder, part);
    if (existsSync(path)) await writePage(ofContenders(await readResult(path), shows), { out: 'docs', name });
  }
  for (const { path, text, filled } of await documentsWith(await publishedResults('.'), '.')) {
    if (filled === text) continue;
    await writeText(path, filled);
    console.log(path);
  }
}

const recorded = (folder: string, part: Part): string => join(folder, `${part}.json`);
