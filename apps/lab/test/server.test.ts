/** The server of the lab's page. */
import { serverSuite } from '@bn/tooling/serverSuite';
import { describe, expect, test } from 'vitest';
import { defaultFolder } from '../tools/build.mjs';
import { serveLab } from '../tools/serve.mjs';

describe('the server of the page', () => {
  serverSuite(() => serveLab({ folder: defaultFolder, port: 0 }));

  test('takes another port if its own is in use', async () => {
    const first = await serveLab({ folder: defaultFolder, port: 0 });
    const second = await serveLab({ folder: defaultFolder, port: Number(new URL(first.url).port) });
    expect(second.url).not.toBe(first.url);
    expect((await fetch(second.url)).status).toBe(200);
    await Promise.all([first.close(), second.close()]);
  });
});
