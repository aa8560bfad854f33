/** The documents of the repository that show figures, and the results that these come from. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { figureFrom, type Results } from '../documents/figures.js';
import { filled, hasPlaceholders } from '../documents/placeholders.js';
import type { Contender } from '../grid/contenders.js';
import type { Part } from './recordParts.js';
import { readResult } from './resultFile.js';

/** A page that `publish` writes: its name under docs, with a folder of that name; what was recorded; and who is on it. */
export interface PublishedPage {
  readonly name: string;
  readonly part: Part;
  readonly shows?: (contender: Contender) => boolean;
}

export const pages = {
  node: { name: 'benchmarks', part: 'node' },
  webgl: { name: 'benchmarks-webgl', part: 'page', shows: ({ backend }) => backend === 'webgl' },
  webgpu: {
    name: 'benchmarks-webgpu',
    part: 'page',
    shows: ({ backend, implementation }) => backend === 'webgpu' || implementation === 'bn',
  },
} as const satisfies Record<string, PublishedPage>;

/** The results that are committed. */
export async function publishedResults(root: string): Promise<Results> {
  const published = ({ name }: PublishedPage) => readResult(join(root, 'docs', name, 'result.json'));
  return { node: await published(pages.node), webgl: await published(pages.webgl) };
}

export interface Document {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
  /** With the figures of the results. */
  readonly filled: string;
}

/** Every document with a place for a figure. @throws UsageError for a figure that there is not */
export async function documentsWith(results: Results, root: string): Promise<Document[]> {
  const documents: Document[] = [];
  for (const path of await markdownFiles(root)) {
    const text = await readFile(join(root, path), 'utf8');
    if (hasPlaceholders(text))
      documents.push({ path, text, filled: filled(text, figureFrom(results), path) });
  }
  return documents;
}

/** The READMEs, and the pages of the site that are written by hand. */
async function markdownFiles(root: string): Promise<string[]> {
  const folders = await Promise.all(
    ['packages', 'apps'].map(async (folder) =>
      (await readdir(join(root, folder))).map((name) => `${folder}/${name}`),
    ),
  );
  const names = await Promise.all(
    ['', 'docs', ...folders.flat()].map(async (folder) =>
      (await readdir(join(root, folder)))
        .filter((name) => (folder === 'docs' ? name.endsWith('.md') : name === 'README.md'))
        .map((name) => join(folder, name)),
    ),
  );
  const generated: string[] = Object.values(pages).map(({ name }) => `docs/${name}.md`);
  return names.flat().filter((path) => !generated.includes(path));
}
