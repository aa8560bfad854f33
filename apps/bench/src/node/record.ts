/** `bench record` and `bench publish`: the runs that documents show, and the documents that show them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { documentsWith, pages, publishedResults } from './documents.js';
import { docsCommand } from './fileCommands.js';
import { writeText } from './resultFile.js';

/** Of the page: a part of the shapes, as rendering in software takes its time. */
const pageOperations = 'batchNorm,layerNorm,groupNorm,instanceNorm,rmsNorm';

/** The command lines, which the results show. */
const runs = {
  node: [
    ...['--torch', '--node', '26', '--backends', 'wasm', '--threads', '1,2'],
    ...['--phases', 'forwardBackward,inference', '--rounds', '6', '--budget', '8', '--longest-run', '0.4'],
  ],
  page: [
    ...['web', '--headless', '--backends', 'webgl,webgpu', '--operations', pageOperations],
    ...['--peers', 'composed,onnxruntime,jax', '--shapes', 'quick', '--phases', 'forwardBackward,inference'],
    ...['--rounds', '6', '--budget', '20', '--longest-run', '2'],
  ],
} as const satisfies Record<keyof typeof pages, readonly string[]>;

/** @param run runs a command line of the benchmark */
export async function recordCommand(
  folder: string,
  run: (parameters: readonly string[]) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  for (const kind of ['node', 'page'] as const) {
    if (signal.aborted) return;
    await run([...runs[kind], '--out', recorded(folder, kind)]);
  }
}

/** Writes the pages of what was recorded, and brings all documents to the figures of the pages. */
export async function publishCommand(folder: string): Promise<void> {
  for (const kind of ['node', 'page'] as const) {
    const path = recorded(folder, kind);
    if (existsSync(path)) await docsCommand(path, { out: 'docs', name: pages[kind] });
  }
  for (const { path, text, filled } of await documentsWith(await publishedResults('.'), '.')) {
    if (filled === text) continue;
    await writeText(path, filled);
    console.log(path);
  }
}

const recorded = (folder: string, kind: keyof typeof pages): string => join(folder, `${pages[kind]}.json`);
