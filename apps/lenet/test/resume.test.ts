import { copyFile, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareResume } from '../src/cli/resume.js';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { OptionError } from '../src/errors.js';
import { startBackend } from '../src/run/backend.js';
import { createConfiguration } from '../src/run/configuration.js';
import { RunFolder } from '../src/run/folder.js';
import { standardSettings } from '../src/training/settings.js';
import { survivesKills } from './kills.js';
import {
  folderWithImages,
  LenetProcess,
  lenet,
  outcomesOf,
  trainIn,
  weightsOf,
  writeFirstImages,
} from './support.js';

beforeAll(() => startBackend('cpu'));

const parameters = (folder: string, name: string, ...more: string[]) =>
  trainIn(folder, name, '--checkpoint-every', '1', ...more);

/** Has the images of the run that `finishedRun` copies. */
const images = await folderWithImages(afterAll);
beforeAll(async () => {
  await lenet(parameters(images, 'mine', '--epochs', '2'), { cwd: images });
});

/** A folder with a copy of a run of two epochs, which the test may change. */
async function finishedRun() {
  const folder = await temporaryFolder();
  const run = join(folder, 'mine');
  await cp(join(images, 'mine'), run, { recursive: true });
  return { folder, run };
}

describe('a run that is resumed', () => {
  test('after each of 8 kill -9 at random moments ends as one that was never interrupted, to the last bit', () =>
    survivesKills(8));

  test('after Ctrl-C goes on with the very next step', async () => {
    const folder = await folderWithImages();
    // Far more epochs than it takes for a Ctrl-C to arrive; those after it are quick without checkpoints.
    const shape = ['--epochs', '16', '--norm', 'group', '--placement', 'after', '--learning-rate', '0.3'];
    const options = [...shape, '--checkpoint-every', '1000000'];
    await lenet(parameters(folder, 'whole', ...options), { cwd: folder });
    const run = join(folder, 'stopped');
    const stopped = await lenet(parameters(folder, 'stopped', ...options), {
      cwd: folder,
      interruptAt: 'epoch 2/16',
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/^Interrupted: .*stopped.checkpoint\.safetensors holds \d+ of 16 epochs/m);
    expect(stopped.stderr).toContain(` train --resume ${run}`);
    const resumed = await lenet(['--resume', run], { cwd: folder });
    expect(resumed.stdout).toMatch(/^resuming after \d+ epochs?( and [\d,]+ images? of the next)?$/m);
    expect(await outcomesOf(run)).toEqual(await outcomesOf(join(folder, 'whole')));
    expect(await weightsOf(run)).toEqual(await weightsOf(join(folder, 'whole')));
  });

  test('writes the metrics anew that a kill kept from being written', async () => {
    const { folder, run } = await finishedRun();
    const metrics = join(run, 'metrics.jsonl');
    const whole = await readFile(metrics, 'utf8');
    await writeFile(metrics, whole.slice(0, whole.indexOf('\n') + 1));
    const partial = join(run, 'checkpoint.safetensors.0123.partial');
    await writeFile(partial, 'half');
    const { code, stdout } = await lenet(['--resume', run], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/mine is finished; resume it with a larger --epochs to train it further/);
    expect(await readFile(metrics, 'utf8')).toBe(whole);
    expect(await readdir(run)).not.toContain('checkpoint.safetensors.0123.partial');
  });

  test('takes more epochs as if it had had them from the beginning', async () => {
    const { folder, run } = await finishedRun();
    await lenet(parameters(images, 'whole', '--epochs', '5'), { cwd: images });
    await lenet(['--resume', run, '--epochs', '5'], { cwd: folder });
    expect(await outcomesOf(run)).toEqual(await outcomesOf(join(images, 'whole')));
    expect(JSON.parse(await readFile(join(run, 'config.json'), 'utf8')).epochs).toBe(5);
  });
});

describe('a checkpoint in no folder of a run', () => {
  test('becomes a new run that goes on from it', async () => {
    const folder = await folderWithImages();
    const options = ['--epochs', '3', '--norm', 'layer', '--placement', 'after'];
    await lenet(parameters(folder, 'whole', ...options), { cwd: folder });
    await lenet(parameters(folder, 'short', ...options, '--epochs', '1'), { cwd: folder });
    const saved = join(folder, 'saved.safetensors');
    await copyFile(join(folder, 'short', 'checkpoint.safetensors'), saved);
    const again = ['--resume', saved, '--epochs', '3', '--dataset', folder, '--out', folder];
    const { code } = await lenet([...again, '--run-name', 'new'], { cwd: folder });
    expect(code).toBe(0);
    expect(await outcomesOf(join(folder, 'new'))).toEqual(await outcomesOf(join(folder, 'whole')));
    const other = await lenet(['--resume', saved, '--dataset', 'mini'], { cwd: folder });
    expect(other.stderr).toMatch(
      /^error: .*expected the 300 training images that .*saved\.safetensors was trained on/,
    );
    expect(other.code).toBe(2);
    const norm = await lenet([...again, '--norm', 'batch'], { cwd: folder });
    expect(norm.stderr).toContain('error: --norm cannot be given with --resume: the run has its own;');
    expect(norm.code).toBe(2);
  });
});

describe('resuming is refused', () => {
  /** A run without a checkpoint, and the options beside it that are not given. */
  async function begunRun() {
    const folder = await folderWithImages();
    const places = defaultPlaces();
    const options = { epochs: 2, backend: 'wasm', out: folder, dataset: folder, quiet: true } as const;
    const dataset = await loadDataset(folder, { places });
    const run = { norm: 'batch', placement: 'before', batchSize: 50 } as const;
    const configuration = createConfiguration({ ...standardSettings, ...run, ...options }, dataset);
    const { path, release } = await RunFolder.create(folder, 'begun', configuration);
    await release();
    return { run: path, options };
  }
  const neverAborted = new AbortController().signal;

  const resume = (run: string, ...more: string[]) => lenet(['train', '--resume', run, ...more], { cwd: run });

  test.each([
    ['norm', '--norm', ', batch'],
    ['placement', '--placement', ', before'],
    ['batchSize', '--batch-size', ', 50'],
    ['learningRate', '--learning-rate', ', 0.9'],
    ['seed', '--seed', ', 0'],
    ['backend', '--backend', ', wasm'],
  ])('with the option %s, which would make it another run', async (name, flag, own) => {
    const { run, options } = await begunRun();
    const opening = prepareResume(run, options, new Set(['resume', name]), neverAborted);
    await expect(opening).rejects.toThrow(OptionError);
    await expect(opening).rejects.toThrow(
      `${flag} cannot be given with --resume: the run has its own${own};`,
    );
  });

  test.each([
    ['out', '--out'],
    ['runName', '--run-name'],
  ])('with the option %s, because a run stays where it is', async (name, flag) => {
    const { run, options } = await begunRun();
    const opening = prepareResume(run, options, new Set(['resume', name]), neverAborted);
    await expect(opening).rejects.toThrow(`${flag} cannot be given with --resume: a run stays in its folder`);
  });

  test('with fewer epochs than the run has', async () => {
    const { run } = await begunRun();
    const { code, stderr } = await resume(run, '--epochs', '1');
    expect(stderr).toContain('error: --epochs with --resume: expected 2, which the run has, or more, got 1');
    expect(code).toBe(2);
  });

  test('with other images', async () => {
    const { run } = await finishedRun();
    const other = await temporaryFolder();
    await writeFirstImages(other, 300, 99);
    const { code, stderr } = await resume(run, '--dataset', other);
    expect(stderr).toMatch(
      /^error: .*: expected the images that the run was started with \(custom, 300 for training/,
    );
    expect(code).toBe(2);
  });

  test('where there is no run, no configuration that makes sense, or a checkpoint of another run', async () => {
    const { folder, run } = await finishedRun();
    const nowhere = await lenet(['--resume', 'nowhere'], { cwd: folder });
    expect(nowhere.stderr).toMatch(/^error: expected the folder of a run, got 'nowhere', whose config\.json/);
    expect(nowhere.code).toBe(2);
    const configuration = await readFile(join(run, 'config.json'), 'utf8');
    await writeFile(join(run, 'config.json'), configuration.replace('"batchSize": 50', '"batchSize": 60'));
    const other = await resume(run);
    expect(other.stderr).toMatch(
      /mine.checkpoint\.safetensors is not a checkpoint of this run: config\.json says batchSize 60, the checkpoint 50/,
    );
    expect(other.code).toBe(2);
    await writeFile(join(run, 'config.json'), configuration.replace('"norm": "batch"', '"norm": "barch"'));
    const damaged = await resume(run);
    expect(damaged.stderr).toMatch(/config\.json: this is not the configuration of a run:[\s\S]*norm/);
    expect(damaged.code).toBe(2);
    await writeFile(join(run, 'config.json'), configuration);
    await writeFile(join(run, 'checkpoint.safetensors'), 'half');
    const truncated = await resume(run);
    expect(truncated.stderr).toMatch(/mine.checkpoint\.safetensors: this is not a valid safetensors file/);
    expect(truncated.code).toBe(2);
  });

  test('while another process trains it, which goes on', async () => {
    const folder = await folderWithImages();
    const process = new LenetProcess(parameters(folder, 'mine', '--epochs', '1000'), folder);
    await process.prints('epoch 1/1000');
    const second = await resume(join(folder, 'mine'));
    expect(second.stderr).toMatch(/^error: .*mine is in use by process \d+ on .*: wait until it is done/);
    expect(second.code).toBe(2);
    const first = await process.kill('SIGINT');
    expect(first.code).toBe(130);
    expect(await readdir(join(folder, 'mine'))).not.toContain('lock');
  });
});
