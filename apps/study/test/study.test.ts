/** The command as a user sees it: files, verdicts, resuming, Ctrl-C, errors at the door, a full disk. */
import { spawn } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBackend } from '@bn/lenet/node';
import { almostFull, mountDisk } from '@bn/tooling/disks';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { beforeAll, expect, test } from 'vitest';
import { UnexpectedDivergenceError } from '../src/errors.js';
import type { Experiment } from '../src/experiments/experiment.js';
import { experimentIds, experiments } from '../src/experiments/index.js';
import { trainedRun } from '../src/experiments/trainedRun.js';
import { resultsSchema } from '../src/results/entry.js';
import { runStudy, type StudyOptions } from '../src/study.js';
import { contextOf, signal, smallData } from './support.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

beforeAll(() => startBackend('wasm'));

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function study(
  options: readonly string[],
  { command = [] as readonly string[], stopAt = '' } = {},
): Promise<Ended> {
  const [program, ...words] = [...command, process.execPath, main, ...options];
  const child = spawn(program!, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (text) => {
    output += text;
    if (stopAt !== '' && output.includes(stopAt)) child.kill('SIGINT');
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, errors })));
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
const resultsIn = async (folder: string) =>
  resultsSchema.parse(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')));

test('there are sixteen experiments', () => {
  expect(experimentIds).toEqual([
    ...['zscore', 'learning-rates', 'initialization', 'activations', 'noisy-batch-norm', 'covariate-shift'],
    ...[
      'loss-landscape',
      'lp-norms',
      'gradients-at-init',
      'relative-loss',
      'channel-moments',
      'class-gradients',
    ],
    ...['sgd-noise', 'interpolation', 'dropout', 'train-and-test'],
  ]);
});

test('one experiment writes its tables, plot, settings, results and report', async () => {
  const out = join(await temporaryFolder(), 'run');
  const { code, output, errors } = await study(['--quick', '--only', 'class-gradients,zscore', '--out', out]);
  expect(errors).toContain('report:');
  expect([code, output]).toEqual([0, expect.stringMatching(/^zscore: supported\. .*\nclass-gradients: /)]);
  expect((await readdir(join(out, 'zscore'))).sort()).toEqual([
    'people.csv',
    'plot.svg',
    'result.json',
    'settings.json',
  ]);
  const { experiments: entries } = await resultsIn(out);
  expect(entries.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['zscore', 'supported'],
    ['class-gradients', expect.any(String)],
  ]);
  for (const { files } of entries)
    for (const file of files) expect(await exists(join(out, file)), file).toBe(true);
  expect(await readFile(join(out, 'zscore/people.csv'), 'utf8')).toMatch(
    /^seed,person,feature,scale,value\n0,1,height,as measured,150\n/,
  );
  const report = await readFile(join(out, 'report.html'), 'utf8');
  expect(report).not.toMatch(/(src|href)="(?!data:|#)/);

  const again = await study(['--quick', '--only', 'zscore', '--out', out, '--quiet']);
  expect([again.code, again.errors]).toEqual([
    2,
    expect.stringContaining('already holds a study; resume it with --resume'),
  ]);
  const other = await study(['--only', 'zscore', '--out', out, '--resume']);
  expect([other.code, other.errors]).toEqual([
    2,
    expect.stringContaining('was started with quick true, now it is false'),
  ]);
});

test('Ctrl-C keeps what is finished, and --resume goes on', async () => {
  const out = join(await temporaryFolder(), 'run');
  const only = ['--quick', '--only', 'zscore,sgd-noise', '--out', out, '--quiet'];
  const { code, errors } = await study(only, { stopAt: 'zscore: ' });
  expect([code, errors]).toEqual([130, expect.stringContaining('Experiments that are finished are kept')]);
  expect((await resultsIn(out)).experiments.map(({ id }) => id)).toEqual(['zscore']);
  const resumed = await study([...only, '--resume']);
  expect([resumed.code, resumed.output]).toEqual([0, expect.stringMatching(/^sgd-noise: /)]);
  expect((await resultsIn(out)).experiments.map(({ id }) => id)).toEqual(['zscore', 'sgd-noise']);
});

test.each([
  [['--only', 'zscores'], /'zscores' is invalid.*zscore, learning-rates/s],
  [['--only', 'zscore,zscore'], /Expected no value twice/],
  [['--backend', 'webgl'], /Allowed choices are wasm, webgpu, cpu/],
  [['--seeds', '0'], /whole number from 1/],
  [['--resume'], /--resume needs --out/],
  [['zscore'], /unexpected 'zscore'/],
  [['--dataset', '/nowhere'], /which is not a folder/],
])('%j is refused at the door', async (options, message) => {
  const { code, errors } = await study([...options, '--quick']);
  expect(errors).toMatch(message);
  expect(code).toBe(2);
});

test('a disk that fills ends with an error that names the file; what was there stays whole', async () => {
  const disk = await temporaryFolder();
  const launcher = await almostFull(disk, mountDisk(disk), 24);
  const out = join(disk, 'run');
  const options = ['--quick', '--only', 'zscore,class-gradients', '--out', out, '--quiet'];
  const { code, errors } = await study(options, { command: launcher.command });
  expect([code, errors]).toEqual([1, expect.stringMatching(/error: cannot write .*run/)]);
  const names = await readdir(out, { recursive: true });
  expect(names.filter((name) => name.endsWith('.partial'))).toEqual([]);
  for (const name of names.filter((file) => file.endsWith('.json'))) {
    JSON.parse(await readFile(join(out, name), 'utf8'));
  }
});

test('a divergence is a result where it may be, else an error that names network, rate and step', async () => {
  const context = contextOf(await smallData());
  const options = { norm: 'none', scale: 1e6, learningRate: 1e6, steps: 5 } as const;
  const divergedAt = await trainedRun(
    context,
    { ...options, mayDiverge: true },
    async (_, result) => result.divergedAt,
  );
  expect(divergedAt).toBeGreaterThan(0);
  const run = trainedRun(context, { ...options, mayDiverge: false }, async () => {});
  await expect(run).rejects.toThrow(UnexpectedDivergenceError);
  await expect(run).rejects.toThrow(/vgg with norm 'none' at learning rate 1000000, seed 0: .* step/);
});

const small = async (chosen: readonly Experiment[], out: string): Promise<StudyOptions> => ({
  experiments: chosen,
  data: await smallData(),
  out,
  resume: false,
  quick: true,
  dataset: 'fashion-mnist',
  backend: 'wasm',
  threads: 1,
  seeds: 2,
  quiet: true,
  signal,
});

test('numbers have a value for each seed, and what is no finite number is null', async () => {
  const out = join(await temporaryFolder(), 'run');
  const zscore = experiments[0]!;
  const strange: Experiment = {
    ...zscore,
    measure: async ({ seed }) => ({
      numbers: { x: seed === 0 ? 1 : Number.NaN },
      tables: { people: [{ scale: 'a', feature: 'b', value: Number.NaN }] },
    }),
    holds: ({ x }) => x === 1,
    fails: () => false,
    seen: () => 'seen',
  };
  const { experiments: entries } = await runStudy(await small([strange], out));
  expect(entries[0]).toMatchObject({ verdict: 'unclear', numbers: { x: { values: [1, null], mean: null } } });
  expect(await readFile(join(out, 'zscore/people.csv'), 'utf8')).toContain('NaN');
});

test('a folder with other files is not written into', async () => {
  const out = await temporaryFolder();
  await writeFile(join(out, 'mine.txt'), 'x');
  await expect(runStudy(await small([experiments[0]!], out))).rejects.toThrow('holds other files');
});

test('every experiment says what it claims, from where, and by which rule', () => {
  for (const experiment of experiments) {
    expect(experiment.formula.length, experiment.id).toBeGreaterThan(0);
    expect(experiment.rule, experiment.id).toMatch(/^Supported if .*not supported if /);
    expect(experiment.source, experiment.id).toMatch(/\(20\d\d\)/);
  }
});
