/** A comparison on a disk that is full, or that only reads: a clear error, and with room it goes on to what it would have been. */
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { almostFull, direct, type Launcher, mountDisk, readOnly } from '@bn/tooling/disks';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, test } from 'vitest';
import { lenet, outcomesOf, writeFirstImages } from '../test/support.js';

async function place() {
  const data = await temporaryFolder();
  await chmod(data, 0o755);
  await writeFirstImages(data, 200, 50);
  const folder = join(data, 'disk');
  await mkdir(folder);
  const isDisk = mountDisk(folder, 2);
  const compare = (launcher: Launcher, out = folder) =>
    lenet(
      [
        ...['compare', '--dataset', data, '--out', out, '--run-name', 'comparison', '--jobs', '1'],
        ...['--norms', 'batch,none', '--batch-sizes', '50', '--epochs', '2', '--learning-rates', '0.5'],
      ],
      { cwd: '/', launcher },
    );
  return { data, folder, isDisk, compare };
}

test('on a full disk compare says so, and with room it goes on to the same results', async () => {
  const { data, folder, isDisk, compare } = await place();
  const full = await compare(await almostFull(folder, isDisk, 60));
  expect(full.stderr + full.stdout).toMatch(/cannot write .*(ENOSPC|EFBIG)/);
  expect(full.stderr).not.toMatch(/^ +at /m);
  expect(full.code).not.toBe(0);
  await rm(join(folder, 'filler'), { force: true });
  expect((await compare(direct)).code).toBe(0);
  expect((await compare(direct, data)).code).toBe(0);
  for (const run of ['batch-before-b50-lr0.5-s0', 'none-before-b50-lr0.5-s0']) {
    const [resumed, whole] = [folder, data].map((at) => join(at, 'comparison', 'runs', run));
    expect(await outcomesOf(resumed!)).toEqual(await outcomesOf(whole!));
  }
});

test('on a disk that only reads compare says so before it trains, and its results are whole', async () => {
  const { folder, isDisk, compare } = await place();
  expect((await compare(direct)).code).toBe(0);
  const results = join(folder, 'comparison', 'results.csv');
  const before = await readFile(results, 'utf8');
  const again = await compare(await readOnly(folder, isDisk));
  expect(again.stderr).toMatch(/^error: .*cannot write to .*(EROFS|EACCES)/m);
  expect(again.stderr).not.toMatch(/^ +at /m);
  expect(again.code).not.toBe(0);
  expect(await readFile(results, 'utf8')).toBe(before);
});
