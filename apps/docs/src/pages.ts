/** The Markdown that the site shows: the front page, the READMEs of the packages, the documents. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { publishedFolders, root } from '@bn/tooling/workspace';
import settings from '../typedoc.config.mjs';

const docs = join(import.meta.dirname, '..');

/** Paths relative to the repository's root, with slashes. */
export const pages: readonly string[] = [
  join(docs, settings.readme!),
  ...publishedFolders().map((folder) => join(folder, 'README.md')),
  ...settings.projectDocuments!.map((path) => join(docs, path)),
]
  .filter((path) => existsSync(path))
  .map((path) => relative(root, path).replaceAll(sep, '/'));

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');
