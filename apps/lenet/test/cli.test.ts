import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '@bn/exchange';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { describe, expect, test } from 'vitest';
import { fileNames } from '../src/dataset/files.js';
import { lenet, writeDataset } from './support.js';

/** A training that is over in no time; `folder` gets a data set of black images. */
async function quickTraining(folder: string, ...more: string[]) {
  await writeDataset(folder, 20, 10);
  return lenet(['train', '--dataset', folder, '--epochs', '2', '--batch-size', '10', ...more], {
    cwd: folder,
  });
}

const lines = (text: string) => text.trimEnd().split('\n');

describe('help', () => {
  test.each([['--help'], ['train', '--help']])(
    'of %s %s explains every option of train',
    async (...parameters) => {
      const { code, stdout } = await lenet(parameters, { cwd: '.' });
      expect(code).toBe(0);
      for (const option of [
        '--epochs',
        '--batch-size',
        '--learning-rate',
        '--norm',
        '--placement',
        '--seed',
        '--backend',
        '--threads',
        '--processes',
        '--dataset',
        '--dataset-url',
        '--out',
        '--run-name',
        '--checkpoint-every',
        '--resume',
        '--quiet',
      ]) {
        expect(stdout).toMatch(new RegExp(`^ {2}${option}( <[^>]*>)? +\\w`, 'm'));
      }
    },
  );

  test('of eval explains its options', async () => {
    const { stdout } = await lenet(['eval', '--help'], { cwd: '.' });
    for (const option of ['--checkpoint', '--norm', '--backend', '--dataset'])
      expect(stdout).toContain(`  ${option} `);
  });
});

describe('a bad value ends with code 2, one clear error and no stack', () => {
  test.each([
    [['--epochs', '0'], /--epochs.*'0' is invalid\. Expected a whole number from 1 to/],
    [['--epochs', '1.5'], /--epochs.*'1\.5'/],
    [['--batch-size', '-3'], /--batch-size.*'-3'.*whole number/],
    [['--batch-size', '1'], /--batch-size 1 leaves a single image.*choose another/],
    [
      ['--batch-size', '5999', '--dataset', 'mini'],
      /--batch-size 5999 leaves a single image of 6,000 for the last batch/,
    ],
    [['--learning-rate', 'fast'], /--learning-rate.*'fast'.*positive number/],
    [['--learning-rate', 'Infinity'], /--learning-rate/],
    [
      ['--norm', 'layers'],
      /--norm.*'layers' is invalid\. Allowed choices are batch, layer, group, instance, none\./,
    ],
    [['--placement', 'behind'], /--placement.*'behind' is invalid\. Allowed choices are before, after\./],
    [['--checkpoint-every', '0'], /--checkpoint-every.*'0' is invalid\. Expected a whole number from 1 to/],
    [['--resume', ''], /--resume.*Expected a path/],
    [['--seed', '4294967296'], /--seed.*from 0 to 4294967295/],
    [['--backend', 'gpu'], /--backend.*'gpu' is invalid\. Allowed choices are wasm, webgpu, cpu\./],
    [['--threads', '0'], /--threads.*'0' is invalid\. Expected a whole number from 1 to 64, or auto\./],
    [['--processes', '0'], /--processes.*'0' is invalid\. Expected a whole number from 1 to 1024\./],
    [['--processes', '1.5'], /--processes.*'1\.5' is invalid\. Expected a whole number/],
    [['--processes', '257'], /257 processes cannot share batches of 256 images \(--batch-size\)/],
    [['--processes', '2', '--backend', 'webgpu'], /--backend webgpu trains in one process, got 2/],
    [['--threads', '2', '--backend', 'cpu', '--dataset', 'mini'], /--threads 2: the cpu backend has one/],
    [['compare', '--threads', '2', '--backend', 'cpu'], /--threads 2: the cpu backend has one/],
    [['--dataset', '/no/such/folder'], /expected auto, full, mini or a folder, got '\/no\/such\/folder'/],
    [['--dataset-url', 'ftp://x'], /--dataset-url.*http or https URL/],
    [['--run-name', '../up'], /--run-name.*letters, digits/],
    [['--out', '/dev/null', '--dataset', 'mini'], /--out: cannot write to \/dev\/null/],
    [['--epoch', '3'], /unknown option '--epoch'[\s\S]*--epochs/],
    [['--seed'], /--seed.*argument missing/],
    [['trian'], /unexpected 'trian': expected train, eval, compare, predict or export/],
    [['eval'], /required option '--checkpoint <file>' not specified/],
    [['eval', '--checkpoint', '/no/such.safetensors'], /--checkpoint \/no\/such\.safetensors: ENOENT/],
  ])('%j', async (parameters, message) => {
    const { code, stdout, stderr } = await lenet(parameters, { cwd: await temporaryFolder() });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: /m);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('a damaged data file is named', async () => {
    const folder = await temporaryFolder();
    await writeDataset(folder);
    await truncate(join(folder, fileNames.trainImages), 30);
    const { code, stderr } = await lenet(['--dataset', folder], { cwd: folder });
    expect(stderr).toContain(`error: ${join(folder, fileNames.trainImages)}: expected a gzip file`);
    expect(code).toBe(2);
  });
});

describe('train', () => {
  test('prints its epochs and the two lines of the result, and writes its folder', async () => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await quickTraining(folder, '--norm', 'none', '--seed', '3');
    expect(stderr).toMatch(/epoch 1\/2 \|.*loss \d.* examples\/s, \d+ s left/);
    expect(code).toBe(0);
    const accuracies = String.raw`loss \d\.\d{3}, train acc \d\.\d{3}, test acc \d\.\d{3}`;
    expect(lines(stdout)).toEqual([
      expect.stringMatching(/^LeNet with norm none on custom Fashion-MNIST: 20 training and 10 test images/),
      expect.stringMatching(new RegExp(String.raw`^epoch 1/2: ${accuracies}, \d+\.\d examples/sec$`)),
      expect.stringMatching(new RegExp(String.raw`^epoch 2/2: ${accuracies}, \d+\.\d examples/sec$`)),
      expect.stringMatching(new RegExp(`^${accuracies}$`)),
      expect.stringMatching(/^\d+\.\d examples\/sec on wasm$/),
      expect.stringMatching(/^wrote runs.none-before-wasm-seed3-\d{8}-\d{6}$/),
    ]);
    const run = join(folder, 'runs', (await readdir(join(folder, 'runs')))[0]!);
    expect(JSON.parse(await readFile(join(run, 'config.json'), 'utf8'))).toMatchObject({
      norm: 'none',
      epochs: 2,
      batchSize: 10,
      learningRate: 0.9,
      seed: 3,
      backend: 'wasm',
      dataset: { name: 'custom', trainImages: 20, testImages: 10 },
    });
    const metrics = lines(await readFile(join(run, 'metrics.jsonl'), 'utf8')).map((line) => JSON.parse(line));
    expect(metrics.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(await readFile(join(run, 'curves.svg'), 'utf8')).toContain('test acc');
    expect(readSafetensors(await readFile(join(run, 'checkpoint.safetensors'))).metadata).toMatchObject({
      norm: 'none',
      epoch: '2',
    });
  });

  test('prints only the result where it is told to be quiet', async () => {
    const folder = await temporaryFolder();
    const { stdout, stderr } = await quickTraining(
      folder,
      '--quiet',
      '--run-name',
      'mine',
      '--out',
      'elsewhere',
    );
    expect(stderr).toBe('');
    expect(lines(stdout)).toHaveLength(2);
    expect(await readdir(join(folder, 'elsewhere'))).toEqual(['mine']);
  });

  test('stops where the loss is no number any more, and says what to do', async () => {
    const folder = await temporaryFolder();
    const { code, stderr } = await quickTraining(folder, '--learning-rate', '1e38', '--norm', 'none');
    expect(stderr).toMatch(
      /^error: the loss is no longer finite .* learning rate 1e\+38; choose a smaller one$/m,
    );
    expect(code).toBe(1);
  });

  test('repeats a run from its seed', async () => {
    const losses = async (name: string) => {
      const folder = await temporaryFolder();
      await lenet(
        ['--dataset', 'mini', '--epochs', '1', '--seed', '9', '--quiet', '--out', folder, '--run-name', name],
        { cwd: folder },
      );
      const [line] = lines(await readFile(join(folder, name, 'metrics.jsonl'), 'utf8'));
      const { seconds, examplesPerSecond, ...rest } = JSON.parse(line!);
      expect(examplesPerSecond).toBeCloseTo(6000 / seconds, 3);
      return rest;
    };
    expect(await losses('one')).toEqual(await losses('two'));
  });
});

describe('Ctrl-C', () => {
  test('loses nothing: the checkpoint holds the last step, and eval takes it', async () => {
    const folder = await temporaryFolder();
    const { code, signal, stderr } = await lenet(
      ['--dataset', 'mini', '--batch-size', '2', '--epochs', '1', '--run-name', 'mine'],
      { cwd: folder, interruptAt: 'LeNet' },
    );
    expect([code, signal]).toEqual([130, null]);
    const checkpoint = join('runs', 'mine', 'checkpoint.safetensors');
    expect(stderr).toContain(`Interrupted: ${checkpoint} holds 0 of 1 epochs and `);
    expect(stderr).toMatch(/ images of epoch 1; to resume: .* train --resume runs.mine$/m);
    expect(stderr).not.toMatch(/^ +at /m);
    const evaluation = await lenet(['eval', '--checkpoint', checkpoint, '--dataset', 'mini'], {
      cwd: folder,
    });
    // After so few steps, of two images each, the loss may have two digits.
    expect(evaluation.stdout).toMatch(/^test loss \d+\.\d{3}, test acc \d\.\d{3}$/m);
    expect(evaluation.code).toBe(0);
  });
});

describe('eval', () => {
  test('has the test loss and accuracy of the last epoch', async () => {
    const folder = await temporaryFolder();
    await lenet(['--dataset', 'mini', '--epochs', '1', '--run-name', 'mine'], { cwd: folder });
    const run = join(folder, 'runs', 'mine');
    const { stdout } = await lenet(
      ['eval', '--checkpoint', join(run, 'checkpoint.safetensors'), '--dataset', 'mini'],
      { cwd: folder },
    );
    const { testLoss, testAccuracy } = JSON.parse(await readFile(join(run, 'metrics.jsonl'), 'utf8'));
    expect(lines(stdout)).toEqual([
      'LeNet with norm batch on 1,000 test images of mini Fashion-MNIST',
      `test loss ${testLoss.toFixed(3)}, test acc ${testAccuracy.toFixed(3)}`,
    ]);
  });

  test('refuses a checkpoint of another norm with all differences, and a truncated one', async () => {
    const folder = await temporaryFolder();
    await quickTraining(folder, '--norm', 'none', '--run-name', 'mine');
    const checkpoint = join(folder, 'runs', 'mine', 'checkpoint.safetensors');
    const evaluate = () =>
      lenet(['eval', '--checkpoint', checkpoint, '--norm', 'batch', '--dataset', folder], { cwd: folder });
    const other = await evaluate();
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/^error: --checkpoint .*: this is not a state of LeNet with norm 'batch'/);
    // Four of each of the four layers; a count of batches may be missing.
    expect(other.stderr.match(/^ {2}norm[1-4]\.\w+: expected .*, missing$/gm)).toHaveLength(16);
    await truncate(checkpoint, 100_000);
    const truncated = await evaluate();
    expect(truncated.code).toBe(2);
    expect(truncated.stderr).toMatch(/this is not a valid safetensors file: expected .*\(truncated\)/);
    expect(truncated.stdout).toBe('');
  });
});
