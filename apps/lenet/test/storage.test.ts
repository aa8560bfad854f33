/** What happens where files cannot be written: a disk that is full, a folder that only reads. */
import { chmod, cp, lstat, mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { almostFull, direct, type Launcher, mountDisk, readOnly } from '@bn/tooling/disks';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StorageError } from '../src/errors.js';
import { writeFileWhole } from '../src/files/writeFile.js';
import { lenet, outcomesOf, weightsOf, writeFirstImages } from './support.js';

/** Trains on the images of a folder, in which the run is made. */
const trainOn = (images: string, name: string, epochs: number) =>
  lenet(
    [
      ...['--dataset', images, '--out', images, '--run-name', name, '--batch-size', '50'],
      ...['--epochs', String(epochs), '--checkpoint-every', '2'],
    ],
    { cwd: images },
  );

/** Has the images and the run that `placeWithRun` copies. */
const original = await temporaryFolder(afterAll);
beforeAll(async () => {
  await writeFirstImages(original, 300, 100);
  await trainOn(original, 'mine', 2);
});

/** A place with a run of two epochs on a disk. */
async function placeWithRun() {
  const data = await temporaryFolder();
  await cp(original, data, { recursive: true });
  await chmod(data, 0o755);
  const folder = join(data, 'disk');
  await mkdir(folder);
  const isDisk = mountDisk(folder);
  const run = join(folder, 'mine');
  await cp(join(original, 'mine'), run, { recursive: true });
  return { data, folder, isDisk, run };
}

const resume = (run: string, launcher: Launcher = direct, ...more: string[]) =>
  lenet(['train', '--resume', run, '--dataset', join(run, '../..'), ...more], { cwd: '/', launcher });

test('a full disk stops a run with a clear error; its last checkpoint is whole, and with more room it goes on', async () => {
  const { data, folder, isDisk, run } = await placeWithRun();
  const checkpoint = join(run, 'checkpoint.safetensors');
  const before = await readFile(checkpoint);
  const { code, stderr } = await resume(run, await almostFull(folder, isDisk, 100), '--epochs', '4');
  expect(stderr).toMatch(
    /^error: cannot write .*mine.checkpoint\.safetensors: (ENOSPC: no space left on device|EFBIG: file too large), write\. /m,
  );
  expect(stderr).toContain(`${checkpoint} holds 2 of 4 epochs; to resume: `);
  expect(stderr).toContain(` train --resume ${run}\n`);
  expect(code).toBe(1);
  expect(await readFile(checkpoint)).toEqual(before);
  expect((await readdir(run)).sort()).toEqual([
    'checkpoint.safetensors',
    'config.json',
    'curves.svg',
    'metrics.jsonl',
  ]);
  await rm(join(folder, 'filler'), { force: true });
  expect((await resume(run)).code).toBe(0);
  await trainOn(data, 'whole', 4);
  expect(await outcomesOf(run)).toEqual(await outcomesOf(join(data, 'whole')));
  expect(await weightsOf(run)).toEqual(await weightsOf(join(data, 'whole')));
});

test('a folder that only reads is refused before training begins, and its checkpoint can be evaluated', async () => {
  const { data, folder, isDisk, run } = await placeWithRun();
  const launcher = await readOnly(folder, isDisk);
  const before = await stat(join(run, 'checkpoint.safetensors'));
  const resumed = await resume(run, launcher, '--epochs', '4');
  expect(resumed.stderr).toMatch(/^error: cannot write to .*mine: (EROFS: read-only file system|EACCES)/m);
  expect(resumed.stdout).toBe('');
  expect(resumed.code).toBe(1);
  const created = await lenet(['--dataset', data, '--out', folder, '--epochs', '1'], { cwd: '/', launcher });
  expect(created.stderr).toMatch(
    /^error: --out: cannot write to .*disk: (EROFS|EACCES).*choose another folder/m,
  );
  expect(created.code).toBe(2);
  const evaluated = await lenet(
    ['eval', '--dataset', data, '--checkpoint', join(run, 'checkpoint.safetensors')],
    { cwd: '/' },
  );
  expect(evaluated.stdout).toMatch(/^test loss \d\.\d{3}, test acc \d\.\d{3}$/m);
  expect((await stat(join(run, 'checkpoint.safetensors'))).mtimeMs).toBe(before.mtimeMs);
});

test('a file takes the place of no folder and no device', async () => {
  const folder = await temporaryFolder();
  const [other, device] = [join(folder, 'other'), join(folder, 'device')];
  await mkdir(other);
  await symlink('/dev/null', device);
  await expect(writeFileWhole(other, 'text')).rejects.toThrow(
    /cannot write .*: expected a file, got a folder/,
  );
  await expect(writeFileWhole(device, 'text')).rejects.toThrow(StorageError);
  expect((await lstat(device)).isSymbolicLink()).toBe(true);
  expect((await readdir(folder)).sort()).toEqual(['device', 'other']);
});
