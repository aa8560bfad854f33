/** Stands for a package's browser tests if there is no browser: it fails, and says what to do. */
import { expect, it } from 'vitest';
import { findChromium, noChromiumMessage } from './browser.mjs';

it('has a browser to run in', async () => {
  expect(await findChromium(), noChromiumMessage).toBeDefined();
});
