import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

/** All that a module imports, and what its relative imports import. */
async function importsOf(url: URL, seen = new Set<string>()): Promise<Set<string>> {
  const source = await readFile(url, 'utf8');
  for (const [, name] of source.matchAll(/(?:from|import) '([^']+)'|import\('([^']+)'\)/g)) {
    if (name === undefined) continue;
    const file = name.startsWith('.') ? new URL(name.replace(/\.js$/, '.ts'), url) : undefined;
    const key = file?.href ?? name;
    if (seen.has(key)) continue;
    seen.add(key);
    if (file !== undefined) await importsOf(file, seen);
  }
  return seen;
}

test('the network and its training import nothing of Node, so that a page can use them', async () => {
  const external = [...(await importsOf(new URL('../src/index.ts', import.meta.url)))].filter(
    (name) => !name.startsWith('file:'),
  );
  expect(external.sort()).toEqual([
    '@bn/core',
    '@bn/core/group',
    '@bn/exchange',
    '@tensorflow/tfjs',
    'pure-rand/distribution/uniformFloat64',
    'pure-rand/distribution/uniformInt',
    'pure-rand/generator/xoroshiro128plus',
    'pure-rand/types/RandomGenerator',
    'zod',
  ]);
});
