import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { describe, expect, test } from 'vitest';
import { curveFigures, mainFigures } from '../src/compare/figures.js';
import { cellName, cellsOf } from '../src/compare/grid.js';
import { drawFigures } from '../src/compare/plot.js';
import { epochsCsv, type Result, resultsCsv } from '../src/compare/results.js';
import { tableOf } from '../src/compare/tables.js';
import { LenetProcess, lenet, outcomesOf, weightsOf, writeFirstImages } from './support.js';

const metrics = (epoch: number, testAccuracy: number) => ({
  epoch,
  trainLoss: 1 / epoch,
  trainAccuracy: testAccuracy + 0.01,
  testLoss: 1,
  testAccuracy,
  seconds: 2,
  examplesPerSecond: 100,
});

const result = (cell: Partial<Result>, ...accuracies: number[]): Result => ({
  ...{ norm: 'batch', placement: 'before', batchSize: 256, learningRate: 0.9, stepSize: 0.9, seed: 0 },
  ...{ outcome: 'finished', message: '' },
  history: accuracies.map((accuracy, index) => metrics(index + 1, accuracy)),
  ...cell,
});

describe('the grid', () => {
  const grid = {
    norms: ['batch', 'none'] as const,
    placements: ['before', 'after'] as const,
    batchSizes: [2, 16],
    learningRates: [0.1],
    seeds: [0, 1],
  };

  test('has every combination, and no norm at all once', () => {
    const names = cellsOf(grid).map(cellName);
    expect(names).toHaveLength(2 * 2 * 3);
    expect(new Set(names).size).toBe(names.length);
    expect(names.slice(0, 4)).toEqual([
      'batch-before-b2-lr0.1-s0',
      'batch-after-b2-lr0.1-s0',
      'none-before-b2-lr0.1-s0',
      'batch-before-b16-lr0.1-s0',
    ]);
  });
});

describe('results', () => {
  test('are a row of CSV for each run, whatever a message holds', () => {
    const rows = resultsCsv([
      result({}, 0.5, 0.75, 0.7),
      result({ seed: 1, outcome: 'failed', message: 'no "luck", again' }),
    ]).split('\n');
    expect(rows).toEqual([
      'norm,placement,batchSize,learningRate,stepSize,seed,outcome,epochs,trainLoss,trainAccuracy,testLoss,testAccuracy,' +
        'seconds,examplesPerSecond,bestTestAccuracy,message',
      `batch,before,256,0.9,0.9,0,finished,3,${1 / 3},0.71,1,0.7,2,100,0.75,`,
      'batch,before,256,0.9,0.9,1,failed,0,,,,,,,,"no ""luck"", again"',
      '',
    ]);
  });

  test('are a row of CSV for each epoch', () => {
    expect(epochsCsv([result({}, 0.5, 0.75), result({ seed: 1 }, 0.25)]).split('\n')).toEqual([
      'norm,placement,batchSize,learningRate,stepSize,seed,epoch,trainLoss,trainAccuracy,testLoss,testAccuracy,seconds,' +
        'examplesPerSecond',
      'batch,before,256,0.9,0.9,0,1,1,0.51,1,0.5,2,100',
      'batch,before,256,0.9,0.9,0,2,0.5,0.76,1,0.75,2,100',
      'batch,before,256,0.9,0.9,1,1,1,0.26,1,0.25,2,100',
      '',
    ]);
  });
});

describe('the figures', () => {
  test('run over batch sizes where these vary, with the mean and the spread of the seeds', () => {
    const results = [
      result({ batchSize: 16 }, 0.5),
      result({ batchSize: 16, seed: 1 }, 0.7),
      result({ batchSize: 2 }, 0.25),
      result({ batchSize: 2, seed: 1, outcome: 'diverged', history: [] }),
      result({ batchSize: 2, norm: 'group', outcome: 'diverged', history: [] }),
    ];
    expect(tableOf(mainFigures(results)[0]!)).toBe(
      [
        'test accuracy:',
        '',
        '| batch size |                 2 |                     16 |',
        '| :--------- | ----------------: | ---------------------: |',
        '| batch      | 0.250, 1 diverged | 0.600 (0.500 to 0.700) |',
        '| group      |        1 diverged |                        |',
        '',
      ].join('\n'),
    );
  });

  test('are one for each learning rate where both vary, and one more with the curves', () => {
    const results = [2, 16].flatMap((batchSize) =>
      [0.1, 0.9].map((learningRate) => result({ batchSize, learningRate }, 0.5, 0.6)),
    );
    const facets = (figures: ReturnType<typeof mainFigures>) =>
      figures.map(({ metric, facet, axis }) => `${metric} by ${axis}, ${facet}`);
    expect(facets(mainFigures(results))).toEqual([
      'test accuracy by batch size, learning rate 0.1',
      'test accuracy by batch size, learning rate 0.9',
      'train accuracy by batch size, learning rate 0.1',
      'train accuracy by batch size, learning rate 0.9',
    ]);
    expect(facets(curveFigures(results))).toHaveLength(4);
  });

  test('run over epochs where nothing but the networks vary, and tell placements apart', () => {
    const results = [
      result({}, 0.5, 0.6),
      result({ placement: 'after' }, 0.4, 0.5),
      result({ norm: 'none' }, 0.1, 0.1),
    ];
    const [figure] = mainFigures(results);
    expect(figure!.axis).toBe('epoch');
    expect(figure!.xs).toEqual([1, 2]);
    expect(figure!.lines.map(({ label }) => label)).toEqual(['batch before', 'batch after', 'none']);
    expect(curveFigures(results)).toEqual([]);
  });

  test('are drawn with a line for each network that has a result', async () => {
    const results = [
      result({ batchSize: 2 }, 0.5),
      result({}, 0.7),
      result({ norm: 'none', outcome: 'diverged', history: [] }),
    ];
    const svg = await drawFigures(mainFigures(results), 'a title');
    for (const text of ['a title', 'test accuracy', 'train accuracy', 'batch size', '256'])
      expect(svg).toContain(`>${text}<`);
    expect(svg.match(/class="mark-line/g)).toHaveLength(2);
    expect(svg).not.toContain('NaN');
  });
});

describe('compare', () => {
  async function newFolder() {
    const folder = await temporaryFolder();
    await writeFirstImages(folder, 200, 50);
    return folder;
  }
  const parameters = (folder: string, ...more: string[]) => [
    ...['compare', '--dataset', folder, '--out', folder, '--jobs', '2', ...more],
  ];
  const smallGrid = ['--norms', 'batch,none', '--batch-sizes', '20,50', '--epochs', '2'];
  const linesOf = async (path: string) => (await readFile(path, 'utf8')).trimEnd().split('\n');

  test('trains each combination as train does, and repeats none when it is started again', async () => {
    const folder = await newFolder();
    const once = await lenet(parameters(folder, ...smallGrid), { cwd: folder });
    expect(once.code).toBe(0);
    expect(once.stdout).toContain('| batch size |    20 |    50 |');
    expect(once.stdout).toMatch(/^none-before-b20-lr0\.9-s0: finished, test acc \d\.\d{3}$/m);
    expect(once.stderr).toMatch(/\d\/4 runs \|.*\d+ s left/);
    const comparison = join(folder, 'comparison');
    expect((await readdir(comparison)).sort()).toEqual([
      ...['comparison.svg', 'epochs.csv', 'results.csv', 'runs', 'summary.md'],
    ]);
    const csv = await readFile(join(comparison, 'results.csv'), 'utf8');
    expect(csv.match(/,finished,2,/g)).toHaveLength(4);
    expect(await linesOf(join(comparison, 'epochs.csv'))).toHaveLength(1 + 8);
    const own = join(comparison, 'runs', 'batch-before-b20-lr0.9-s0');
    await lenet(
      ['--dataset', folder, '--out', folder, '--run-name', 'mine', '--batch-size', '20', '--epochs', '2'],
      { cwd: folder },
    );
    expect(await outcomesOf(own)).toEqual(await outcomesOf(join(folder, 'mine')));
    expect(await weightsOf(own)).toEqual(await weightsOf(join(folder, 'mine')));
    const written = (await stat(join(own, 'checkpoint.safetensors'))).mtimeMs;
    const again = await lenet(parameters(folder, ...smallGrid), { cwd: folder });
    expect(again.stdout).toContain('4 of them are finished already');
    expect(await readFile(join(comparison, 'results.csv'), 'utf8')).toBe(csv);
    expect((await stat(join(own, 'checkpoint.safetensors'))).mtimeMs).toBe(written);
    const damaged = join(own, 'metrics.jsonl');
    // Each in another run.
    const damages = [
      () => '{"epoch":1}\n',
      (metrics: string) => metrics.replace(/"testAccuracy":[^,]+/, '"testAccuracy":"NaN"'),
      () => '\0',
    ];
    const files = (await readdir(join(comparison, 'runs'))).map((name) =>
      join(comparison, 'runs', name, 'metrics.jsonl'),
    );
    const metrics = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    for (const [index, damage] of damages.entries()) await writeFile(files[index]!, damage(metrics[index]!));
    const healed = await lenet(parameters(folder, ...smallGrid), { cwd: folder });
    expect(healed.stderr).toBe('');
    expect(healed.stdout).toContain('4 of them are finished already');
    expect(healed.stdout).not.toContain('NaN');
    expect(await Promise.all(files.map((file) => readFile(file, 'utf8')))).toEqual(metrics);
    expect(await readFile(join(comparison, 'results.csv'), 'utf8')).toBe(csv);
    const checkpoint = await readFile(join(own, 'checkpoint.safetensors'));
    await writeFile(damaged, '{"epoch":1}\n');
    await writeFile(join(own, 'checkpoint.safetensors'), checkpoint.subarray(0, 1000));
    const lost = await lenet(parameters(folder, ...smallGrid), { cwd: folder });
    expect(lost.stderr).toMatch(/^error: .*batch-before-b20-lr0\.9-s0.checkpoint\.safetensors: .*bytes/);
    expect(lost.stderr).not.toMatch(/^ +at /m);
    expect(lost.code).toBe(2);
    await writeFile(join(own, 'checkpoint.safetensors'), checkpoint);
    const other = await lenet(parameters(folder, ...smallGrid, '--epochs', '3'), { cwd: folder });
    expect(other.stderr).toMatch(
      /^error: .*batch-before-b20-lr0\.9-s0 was started with epochs 2, this comparison uses 3/,
    );
    expect(other.code).toBe(2);
  });

  test('has a row for a run that diverged, and goes on with the others', async () => {
    const folder = await newFolder();
    const { code, stdout } = await lenet(
      parameters(
        folder,
        ...['--norms', 'none', '--learning-rates', '1e38,0.1', '--epochs', '1', '--batch-sizes', '50'],
      ),
      { cwd: folder },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^none-before-b50-lr1e\+38-s0: diverged: the loss is no longer finite/m);
    const rows = await linesOf(join(folder, 'comparison', 'results.csv'));
    expect(rows[1]).toMatch(/^none,before,50,1e\+38,1e\+38,0,diverged,0,,,,,,,,the loss is no longer finite/);
    expect(rows[2]).toMatch(/^none,before,50,0\.1,0\.1,0,finished,1,/);
  });

  test('scales the learning rate with the batch size where it is told so', async () => {
    const folder = await newFolder();
    const given = ['--norms', 'none', '--batch-sizes', '64', '--scale-learning-rate', '--epochs', '1'];
    await lenet(parameters(folder, ...given), { cwd: folder });
    const path = join(folder, 'comparison', 'runs', 'none-before-b64-lr0.9-s0', 'config.json');
    expect(JSON.parse(await readFile(path, 'utf8')).learningRate).toBe(0.9 / 4);
  });

  test('goes on after kill -9, which takes its workers along, to the results of an uninterrupted one', {
    timeout: 180_000,
  }, async () => {
    const folder = await newFolder();
    const given = ['--norms', 'batch,group', '--epochs', '6', '--batch-sizes', '20'];
    const killed = parameters(folder, ...given, '--run-name', 'killed');
    const comparison = new LenetProcess(killed, folder);
    const runs = join(folder, 'killed', 'runs');
    // Once something is there to go on from, and much is left to do.
    const saved = async () =>
      (await readdir(runs, { recursive: true }).catch(() => [])).some((path) =>
        path.endsWith('checkpoint.safetensors'),
      );
    while (!(await saved())) await sleep(20);
    await comparison.kill('SIGKILL');
    const whole = await lenet(parameters(folder, ...given, '--run-name', 'whole'), { cwd: folder });
    expect(whole.code).toBe(0);
    const resumed = await lenet(killed, { cwd: folder });
    expect(resumed.stderr).not.toContain('error');
    expect(resumed.code).toBe(0);
    for (const name of await readdir(runs)) {
      expect(await outcomesOf(join(runs, name))).toEqual(
        await outcomesOf(join(folder, 'whole', 'runs', name)),
      );
    }
  });

  test.each([
    [['--norms', 'batch,batsh'], /--norms.*'batch,batsh' is invalid\. Expected some of batch, layer/],
    [['--batch-sizes', '2,2'], /--batch-sizes.*Expected no value twice/],
    [['--learning-rates', '0.1,'], /--learning-rates.*Expected a positive number/],
    [['--seeds', '-1'], /--seeds.*Expected a whole number from 0/],
    [['--jobs', '0'], /--jobs.*Expected a whole number from 1/],
    [['--jobs', '2', '--processes', '2'], /--jobs cannot be given for 2 processes/],
    [['--batch-sizes', '256,2', '--processes', '3'], /3 processes cannot share batches of 2 images/],
    [
      ['--batch-sizes', '5999', '--dataset', 'mini'],
      /--batch-size 5999 leaves a single image of 6,000 for the last batch/,
    ],
  ])('refuses %j', async (given, message) => {
    const { code, stderr } = await lenet(['compare', ...given], { cwd: await temporaryFolder() });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
