/** Files of other programs, as strangers may have written them. */
import { fileURLToPath } from 'node:url';
import { fuzz } from '@bn/tooling/fuzz';
import { expect, test } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

test.each([
  ['safetensors', 5000],
  ['header', 3000],
])('%s: %d changed files are read, or refused as promised', async (name, runs) => {
  const { tried, accepted, refused } = await fuzz(path(`targets/${name}.mjs`), {
    runs,
    seed: 19,
    kept: path(`kept/${name}`),
  });
  expect(tried).toBeGreaterThan(runs);
  expect(accepted).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(runs / 10);
});
