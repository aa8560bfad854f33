/** Result files, as strangers may have written them. */
import { fileURLToPath } from 'node:url';
import { fuzz } from '@bn/tooling/fuzz';
import { expect, test } from 'vitest';

test('2,000 changed results are read and shown, or refused by name', async () => {
  const target = fileURLToPath(new URL('targets/result.mjs', import.meta.url));
  const { tried, accepted, refused } = await fuzz(target, { runs: 2000, seed: 19 });
  expect(tried).toBeGreaterThan(2000);
  expect(accepted).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(200);
});
