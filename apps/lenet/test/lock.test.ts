/** The lock of a folder, after crashes and against rivals. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OptionError } from '../src/errors.js';
import { lockFolder } from '../src/files/lock.js';
import { Contenders } from './lock/race.js';

/** Of a process that has ended: no system has as many. */
const dead = JSON.stringify({ pid: 2 ** 31 - 2, host: hostname() });

async function folderWithLock(contents: string, changed?: Date): Promise<string> {
  const folder = await temporaryFolder();
  const path = join(folder, 'lock');
  await writeFile(path, contents);
  if (changed) await utimes(path, changed, changed);
  return folder;
}

const hour = 3_600_000;

describe('a lock is taken over', () => {
  test.each([
    ['of a process that has ended', dead],
    ['of process 0, which would be all of the own group', JSON.stringify({ pid: 0, host: hostname() })],
    ['of process -1, which would be all that there are', JSON.stringify({ pid: -1, host: hostname() })],
    ['that is empty, from a machine that lost its power', ''],
    ['that is half-written', '{"pid":12'],
    ['that holds something else', '[1, null]'],
  ])('%s', async (_, contents) => {
    const folder = await folderWithLock(contents, new Date(Date.now() - hour));
    const release = await lockFolder(folder);
    expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8')).pid).toBe(process.pid);
    await release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('that is empty and written in the future', async () => {
    const folder = await folderWithLock('', new Date(Date.now() + hour));
    await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${process.pid}`);
  });

  test('though a rival was killed while it took it over', async () => {
    const folder = await folderWithLock(dead);
    const claim = createHash('sha256').update(dead).digest('hex').slice(0, 16);
    await writeFile(join(folder, `lock.${claim}.partial`), dead);
    const release = await lockFolder(folder);
    await release();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a lock is refused', () => {
  test('that is empty and new: it may be one that is being written', async () => {
    const folder = await folderWithLock('');
    await expect(lockFolder(folder)).rejects.toThrow(/in use by another process.*remove .*lock/);
  });

  test.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a link to nowhere', (path: string) => symlink('nowhere', path)],
  ])('that is %s', async (_, make) => {
    const folder = await temporaryFolder();
    await make(join(folder, 'lock'));
    const attempt = lockFolder(folder);
    await expect(attempt).rejects.toThrow(OptionError);
    await expect(attempt).rejects.toThrow(/lock is not a file, so not a lock of this trainer: remove it/);
  });
});

test('a lock that a person has removed is not taken from its next owner', async () => {
  const folder = await temporaryFolder();
  const release = await lockFolder(folder);
  await writeFile(join(folder, 'lock'), '{"pid":1,"host":"elsewhere"}');
  await release();
  expect(await readFile(join(folder, 'lock'), 'utf8')).toBe('{"pid":1,"host":"elsewhere"}');
});

test.each([2, 4])('a lock of a dead process gets exactly one owner of %d that want it', async (count) => {
  const contenders = new Contenders(count);
  onTestFinished(() => contenders.kill());
  const owners: number[] = [];
  for (let race = 0; race < 150; race++) {
    const folder = await folderWithLock(dead);
    const attempts = await contenders.race(folder);
    owners.push(attempts.filter(({ owns }) => owns).length);
    for (const { message } of attempts.filter(({ owns }) => !owns)) {
      expect(message).toMatch(/^OptionError: .* is in use by process \d+ on /);
    }
    await contenders.release();
    expect(await readdir(folder)).toEqual([]);
  }
  expect(owners).toEqual(owners.map(() => 1));
});
