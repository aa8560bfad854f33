/** The server of the benchmark's page. */
import { readdir } from 'node:fs/promises';
import { serverSuite } from '@bn/tooling/serverSuite';
import { describe, expect, it } from 'vitest';
// The page that is built is the one that is served.
import { serve } from '../dist/node/server.js';
import { UsageError } from '../src/errors.js';

describe('the server of the page', () => {
  serverSuite(() => serve(0));

  it('says which port is taken, and what to do', async () => {
    const first = await serve(0);
    const port = Number(new URL(first.url).port);
    const second = serve(port);
    await expect(second).rejects.toThrow(
      `port ${port} is taken by another program: choose another with --port`,
    );
    await expect(second).rejects.toMatchObject({ name: UsageError.name });
    await first.close();
  });

  it('lets text become script in the workers that measure, and nowhere else', async () => {
    const files = await readdir(new URL('../dist/web/assets', import.meta.url));
    const server = await serve(0);
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      const { headers } = await fetch(`${server.url}assets/${file}`);
      const isWorker = file.startsWith('peerWorker-');
      expect(headers.get('content-security-policy')!.includes("'unsafe-eval'"), file).toBe(isWorker);
    }
    await server.close();
  });
});
