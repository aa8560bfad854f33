import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OptionError } from '../src/errors.js';
import { RunFolder } from '../src/run/folder.js';
import { drawCurves } from '../src/run/plot.js';
import type { EpochMetrics } from '../src/training/train.js';
import { temporaryFolder } from './support.js';

const metrics = (epoch: number): EpochMetrics => ({
  epoch,
  trainLoss: 1 / epoch,
  trainAccuracy: 1 - 0.3 / epoch,
  testLoss: 1.2 / epoch,
  testAccuracy: 1 - 0.4 / epoch,
  seconds: 2,
  examplesPerSecond: 30_000,
});
const history = (epochs: number) => Array.from({ length: epochs }, (_, index) => metrics(index + 1));

describe('learning curves', () => {
  test.each([1, 2, 10, 200])(
    'of %i epochs show the three series with a point for each epoch',
    async (epochs) => {
      const svg = await drawCurves(history(epochs), 'a title');
      expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
      for (const text of ['a title', 'train loss', 'train acc', 'test acc', 'epoch'])
        expect(svg).toContain(`>${text}<`);
      expect(svg.match(/class="mark-line/g)).toHaveLength(3);
      expect(svg.match(/aria-roledescription="symbol mark container"/g)).toHaveLength(3);
      for (const color of ['#4c78a8', '#e45756', '#54a24b']) {
        expect(svg.match(new RegExp(`fill="${color}"`, 'g'))).toHaveLength(epochs);
      }
      expect(svg).not.toContain('NaN');
    },
  );
});

describe("a run's folder", () => {
  test('gets a number where the suggested name is taken', async () => {
    const parent = join(await temporaryFolder(), 'runs');
    const create = () => RunFolder.create(parent, undefined, 'name', 'title');
    expect([(await create()).path, (await create()).path, (await create()).path]).toEqual([
      join(parent, 'name'),
      join(parent, 'name-2'),
      join(parent, 'name-3'),
    ]);
  });

  test('is never one that exists where the user names it', async () => {
    const parent = await temporaryFolder();
    await mkdir(join(parent, 'mine'));
    const creation = RunFolder.create(parent, 'mine', 'name', 'title');
    await expect(creation).rejects.toThrow(OptionError);
    await expect(creation).rejects.toThrow(/mine exists already; choose another name/);
  });

  test('cannot be made inside of a file', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(RunFolder.create(file, undefined, 'name', 'title')).rejects.toThrow(
      /--out: cannot write to/,
    );
  });

  test('holds configuration, one line of metrics for each epoch, curves and the last checkpoint, and nothing else', async () => {
    const run = await RunFolder.create(await temporaryFolder(), undefined, 'name', 'title');
    await run.writeConfig({ seed: 3 });
    await run.writeEpoch(metrics(1), Uint8Array.of(1));
    await run.writeEpoch(metrics(2), Uint8Array.of(2));
    expect((await readdir(run.path)).sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'curves.svg',
      'metrics.jsonl',
    ]);
    expect(JSON.parse(await readFile(join(run.path, 'config.json'), 'utf8'))).toEqual({ seed: 3 });
    const lines = (await readFile(join(run.path, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([metrics(1), metrics(2)]);
    expect([...(await readFile(run.checkpointPath))]).toEqual([2]);
  });
});
