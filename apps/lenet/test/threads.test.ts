/** `--threads`: any number of them computes the same, to the last bit, and a run may change it on its way. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { threadCount } from '@bn/wasm';
import { expect, test } from 'vitest';
import { startBackend } from '../src/run/backend.js';
import { lenet, outcomesOf, weightsOf, writeFirstImages } from './support.js';

/** A folder with images for three steps of 256, of which threads get their share. */
async function folderWithImages(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFirstImages(folder, 768, 256);
  return folder;
}

const train = (folder: string, ...more: string[]) =>
  lenet(['train', '--dataset', folder, '--out', folder, ...more], { cwd: folder });

test('a run on two threads, resumed on three, ends as one on a single thread', async () => {
  const folder = await folderWithImages();
  const [whole, run] = [join(folder, 'whole'), join(folder, 'threads')];
  expect((await train(folder, '--run-name', 'whole', '--epochs', '2')).code).toBe(0);
  const begun = await train(folder, '--run-name', 'threads', '--epochs', '1', '--threads', '2');
  expect(begun.stderr).not.toContain('error');
  expect(begun.code).toBe(0);
  const resumed = ['train', '--resume', run, '--epochs', '2', '--threads', '3'];
  expect((await lenet(resumed, { cwd: folder })).code).toBe(0);
  expect(await outcomesOf(run)).toEqual(await outcomesOf(whole));
  expect(await weightsOf(run)).toEqual(await weightsOf(whole));
  const configuration = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
  expect(configuration).not.toHaveProperty('threads');

  const checkpoint = join(run, 'checkpoint.safetensors');
  const measure = (threads: string) =>
    lenet(['eval', '--checkpoint', checkpoint, '--dataset', folder, '--threads', threads], { cwd: folder });
  const [one, all] = [await measure('1'), await measure('auto')];
  expect(one.stdout).toMatch(/test loss/);
  expect(all).toEqual(one);
});

test('the backend runs on as many threads as it is told', async () => {
  await startBackend('wasm', 3);
  expect(threadCount()).toBe(3);
  await startBackend('wasm');
  expect(threadCount()).toBe(1);
});

test('the runs of a comparison have threads too', async () => {
  const folder = await folderWithImages();
  const compare = async (name: string, threads: string) => {
    const options = [
      ...['--dataset', folder, '--out', folder],
      ...['--norms', 'layer', '--epochs', '1', '--jobs', '1'],
    ];
    const { code } = await lenet(['compare', ...options, '--run-name', name, '--threads', threads], {
      cwd: folder,
    });
    expect(code).toBe(0);
    const runs = join(folder, name, 'runs');
    return weightsOf(join(runs, (await readdir(runs))[0]!));
  };
  expect(await compare('two', '2')).toEqual(await compare('one', '1'));
});
