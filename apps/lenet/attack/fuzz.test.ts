/** The files that the trainer reads, as strangers may have written them. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fuzz } from '@bn/tooling/fuzz';
import { expect, test } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const withKept = readdirSync(path('kept'));

test.each([
  ['state', 3000],
  ['png', 3000],
  ['idx', 2500],
  ['config', 3000],
  ['metrics', 2500],
])('%s: %d changed files are read, or refused as promised', async (name, runs) => {
  const kept = withKept.includes(name) ? { kept: path(`kept/${name}`) } : {};
  const { tried, accepted, refused } = await fuzz(path(`targets/${name}.mjs`), { runs, seed: 19, ...kept });
  expect(tried).toBeGreaterThan(runs);
  expect(accepted).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(runs / 10);
});
