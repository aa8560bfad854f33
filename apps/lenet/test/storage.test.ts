/** What happens where files cannot be written: a disk that is full, a folder that only reads. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Launcher, lenet, outcomesOf, temporaryFolder, weightsOf, writeFirstImages } from './support.js';

const isRoot = process.getuid?.() === 0;
const direct: Launcher = { command: [] };

/** Mounts a file system of one megabyte in memory; says whether that is permitted. */
function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync('umount', [folder]));
  return true;
}

/** Leaves room for a part of a checkpoint: on a disk that is full so far, else by a limit on the size of files. */
async function almostFull(folder: string, isDisk: boolean): Promise<Launcher> {
  if (!isDisk) return { command: ['sh', '-c', 'ulimit -f 200; exec "$@"', 'sh'] };
  const filler = join(folder, 'filler');
  for (let size = 1 << 20; ; size -= 4096) {
    const written = await writeFile(filler, new Uint8Array(size)).then(
      () => true,
      () => false,
    );
    if (written) {
      await writeFile(filler, new Uint8Array(size - 100 * 1024));
      return direct;
    }
  }
}

/** Makes a folder that only reads: by its file system, else by its permissions, which do not bind root. */
async function readOnly(folder: string, isDisk: boolean): Promise<Launcher> {
  if (isDisk) {
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    return direct;
  }
  await chmod(folder, 0o555);
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o555);
  return isRoot ? { command: [], uid: 65_534 } : direct;
}

/** A place with a run of two epochs. */
async function placeWithRun() {
  const data = await temporaryFolder();
  await chmod(data, 0o755);
  await writeFirstImages(data, 300, 100);
  const folder = join(data, 'disk');
  await mkdir(folder);
  const isDisk = mount(folder);
  const train = (name: string, epochs: number, out = folder) =>
    lenet(
      [
        ...['--dataset', data, '--out', out, '--run-name', name, '--batch-size', '50'],
        ...['--epochs', String(epochs), '--checkpoint-every', '2'],
      ],
      { cwd: data },
    );
  await train('mine', 2);
  return { data, folder, isDisk, run: join(folder, 'mine'), train };
}

const resume = (run: string, launcher: Launcher = direct, ...more: string[]) =>
  lenet(['train', '--resume', run, '--dataset', join(run, '../..'), ...more], { cwd: '/', launcher });

test('a full disk stops a run with a clear error; its last checkpoint is whole, and with more room it goes on', async () => {
  const { data, folder, isDisk, run, train } = await placeWithRun();
  const checkpoint = join(run, 'checkpoint.safetensors');
  const before = await readFile(checkpoint);
  const { code, stderr } = await resume(run, await almostFull(folder, isDisk), '--epochs', '4');
  expect(stderr).toMatch(
    /^error: cannot write .*mine.checkpoint\.safetensors: (ENOSPC: no space left on device|EFBIG: file too large), write\. /m,
  );
  expect(stderr).toContain(`${checkpoint} holds 2 of 4 epochs; to go on from there: train --resume ${run}\n`);
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
  await train('whole', 4, data);
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
