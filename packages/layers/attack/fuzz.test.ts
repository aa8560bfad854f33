/** Layers in Keras files, as strangers may have written them. */
import { fileURLToPath } from 'node:url';
import { fuzz } from '@bn/tooling/fuzz';
import { expect, test } from 'vitest';

test('4,000 changed layers are made and run, or refused', async () => {
  const target = fileURLToPath(new URL('targets/keras.mjs', import.meta.url));
  const { tried, accepted, refused } = await fuzz(target, { runs: 4000, seed: 19 });
  expect(tried).toBeGreaterThan(4000);
  expect(accepted).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(400);
});
