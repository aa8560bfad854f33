/** The tables that list files and folders list all of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, workspaceFolders } from '@bn/tooling/workspace';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('README.md has a row for every package and app', () => {
  const rows = read('README.md');
  const folders = workspaceFolders().map((folder) => relative(root, folder));
  expect(folders.filter((folder) => !rows.includes(`(${folder}/README.md)`))).toEqual([]);
});

test.each([
  ['tooling/README.md', 'tooling'],
  ['apps/docs/README.md', 'apps/docs/site'],
])('%s has a row for every file in %s', (page, folder) => {
  const rows = read(page);
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.mjs'));
  expect(files.filter((name) => !rows.includes(`\`${name}\``))).toEqual([]);
});
