/** Folders whose processes are killed at any moment, while rivals wait for them. */
import { readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, test } from 'vitest';
import { lockFolder } from '../src/files/lock.js';
import { removePartialFiles } from '../src/files/writeFile.js';
import { Contenders } from '../test/lock/race.js';

const dead = JSON.stringify({ pid: 2 ** 31 - 2, host: hostname() });

test('after each of 20 times that all of four contenders were killed in mid-race, the folder can be had', async () => {
  for (let round = 0; round < 20; round++) {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), dead);
    const contenders = new Contenders(4);
    // Until they are all there, a first race for another folder; then they are killed in the first milliseconds of the next.
    const other = await temporaryFolder();
    const attempts = await contenders.race(other);
    expect(attempts.filter(({ owns }) => owns)).toHaveLength(1);
    void contenders.race(folder).catch(() => undefined);
    await sleep(round % 8);
    await contenders.kill();
    const release = await lockFolder(folder);
    await removePartialFiles(folder);
    expect(await readdir(folder)).toEqual(['lock']);
    await release();
  }
});
