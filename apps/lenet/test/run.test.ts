import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { describe, expect, test } from 'vitest';
import { OptionError } from '../src/errors.js';
import { drawCurves } from '../src/plot/curves.js';
import type { RunConfiguration } from '../src/run/configuration.js';
import { RunFolder } from '../src/run/folder.js';
import { formatMetrics, peekHistory } from '../src/run/metrics.js';
import { standardSettings } from '../src/training/settings.js';
import type { EpochMetrics } from '../src/training/state.js';

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
    'of %i epochs show the four series with a point for each epoch',
    async (epochs) => {
      const svg = await drawCurves(history(epochs), 'a title');
      expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
      for (const text of ['a title', 'train loss', 'test loss', 'train acc', 'test acc', 'epoch'])
        expect(svg).toContain(`>${text}<`);
      expect(svg.match(/class="mark-line/g)).toHaveLength(4);
      expect(svg.match(/aria-roledescription="symbol mark container"/g)).toHaveLength(4);
      for (const color of ['#4c78a8', '#f58518', '#e45756', '#54a24b']) {
        expect(svg.match(new RegExp(`fill="${color}"`, 'g'))).toHaveLength(epochs);
      }
      expect(svg).not.toContain('NaN');
    },
  );

  test.each([
    [10, ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']],
    [1000, ['1', '101', '201', '301', '401', '501', '601', '701', '801', '901']],
  ])('of %i epochs are labelled with whole numbers', async (epochs, labels) => {
    const svg = await drawCurves(history(epochs), 'a title');
    const whole = [...svg.matchAll(/>([1-9][^.<]*)</g)].map(([, label]) => label);
    expect(whole).toEqual([...labels, ...labels]);
  });
});

const configuration: RunConfiguration = {
  ...standardSettings,
  ...{ norm: 'group', placement: 'after', epochs: 2, seed: 3 },
  ...{ backend: 'wasm', checkpointEvery: 100, startedAt: '2026-01-31T00:00:00.000Z', versions: {} },
  dataset: { name: 'mini', path: '/mini', sha256: 'abc', trainImages: 6000, testImages: 1000 },
};

describe("a run's folder", () => {
  test('is named after the run, with a number behind it where the name is taken', async () => {
    const parent = join(await temporaryFolder(), 'runs');
    await RunFolder.create(parent, undefined, configuration);
    await RunFolder.create(parent, undefined, configuration);
    const [one, other, ...more] = (await readdir(parent)).sort();
    expect(one).toMatch(/^group-after-wasm-seed3-\d{8}-\d{6}$/);
    expect(other).toMatch(/^group-after-wasm-seed3-\d{8}-\d{6}(-2)?$/);
    expect(more).toEqual([]);
  });

  test('is never one that holds something where the user names it', async () => {
    const parent = await temporaryFolder();
    await mkdir(join(parent, 'mine'));
    await writeFile(join(parent, 'mine', 'thesis.txt'), '');
    const creation = RunFolder.create(parent, 'mine', configuration);
    await expect(creation).rejects.toThrow(OptionError);
    await expect(creation).rejects.toThrow(
      /mine exists already; choose another name, remove it, or resume it/,
    );
  });

  test('may be one that a killed process left without a configuration', async () => {
    const parent = await temporaryFolder();
    await mkdir(join(parent, 'mine'));
    await writeFile(join(parent, 'mine', 'config.json.0123.partial'), '{');
    await writeFile(join(parent, 'mine', 'lock'), '{"pid":999999999,"host":"' + hostname() + '"}');
    const run = await RunFolder.create(parent, 'mine', configuration);
    expect((await readdir(run.path)).sort()).toEqual(['config.json', 'lock']);
  });

  test('cannot be made inside of a file', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(RunFolder.create(file, undefined, configuration)).rejects.toThrow(/--out: cannot write to/);
  });

  test('is refused to a second owner until the first gives it back', async () => {
    const run = await RunFolder.create(await temporaryFolder(), 'mine', configuration);
    await expect(RunFolder.open(run.path)).rejects.toThrow(`in use by process ${process.pid}`);
    await run.release();
    expect((await RunFolder.open(run.path)).configuration).toEqual(configuration);
  });

  test('is taken over from a process that has ended, though another has its number now', async () => {
    const run = await RunFolder.create(await temporaryFolder(), 'mine', configuration);
    const lock = join(run.path, 'lock');
    const owner = JSON.parse(await readFile(lock, 'utf8'));
    await writeFile(lock, JSON.stringify({ ...owner, start: '1' }));
    expect((await RunFolder.open(run.path)).configuration).toEqual(configuration);
  });

  test('is left alone where a process of another machine has it', async () => {
    const run = await RunFolder.create(await temporaryFolder(), 'mine', configuration);
    await writeFile(join(run.path, 'lock'), '{"pid":1,"host":"elsewhere"}');
    await expect(RunFolder.open(run.path)).rejects.toThrow(/in use by process 1 on elsewhere.*remove .*lock/);
  });

  test('holds configuration, one line of metrics for each epoch, curves and the last checkpoint, and nothing else', async () => {
    const run = await RunFolder.create(await temporaryFolder(), undefined, configuration);
    await run.writeCheckpoint(Uint8Array.of(1));
    await run.writeHistory(history(1));
    await run.writeCheckpoint(Uint8Array.of(2));
    await run.writeHistory(history(2));
    await run.release();
    expect((await readdir(run.path)).sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'curves.svg',
      'metrics.jsonl',
    ]);
    expect(JSON.parse(await readFile(join(run.path, 'config.json'), 'utf8'))).toEqual(configuration);
    const lines = (await readFile(join(run.path, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(history(2));
    expect([...(await readFile(run.checkpointPath))]).toEqual([2]);
  });

  test('has its curves drawn where they are missing or old, and not again', async () => {
    const run = await RunFolder.create(await temporaryFolder(), undefined, configuration);
    const [curves, metricsFile] = ['curves.svg', 'metrics.jsonl'].map((name) => join(run.path, name));
    await run.writeHistory(history(2));
    const drawn = await readFile(curves!, 'utf8');
    await writeFile(curves!, 'as it was');
    await run.writeHistory(history(2));
    expect(await readFile(curves!, 'utf8')).toBe('as it was');
    await writeFile(metricsFile!, 'of fewer epochs');
    await run.writeHistory(history(2));
    expect(await readFile(curves!, 'utf8')).toBe(drawn);
    await rm(curves!);
    await run.writeHistory(history(2));
    expect(await readFile(curves!, 'utf8')).toBe(drawn);
    await run.release();
  });
});

describe("a run's metrics", () => {
  const peek = async (text: string) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'metrics.jsonl'), text);
    return peekHistory(folder);
  };

  test('are read as they were written', async () => {
    expect(await peek(formatMetrics(history(3)))).toEqual(history(3));
    expect(await peekHistory(await temporaryFolder())).toEqual([]);
  });

  test.each([
    [formatMetrics(history(2)).slice(0, -20), 'line 2 is not JSON'],
    [formatMetrics([metrics(2)]), '[0].epoch: expected 1, got 2'],
    ['{"epoch":1}\n', '[0].trainLoss: expected a number of at least -0.001, missing'],
    ['null\n', '[0]: expected object, got null'],
  ])('are refused where the file is damaged, with what to do: %#', async (text, message) => {
    const reading = peek(text);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/^\S+metrics\.jsonl: .*train --resume \S+ writes it again/s);
  });
});
