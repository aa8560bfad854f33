/** The command line: a run from options to files, what it refuses, and what is left of a run that is interrupted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResult, writeResult } from '../src/node/resultFile.js';
import { resultOf } from './support.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const folder = await temporaryFolder(afterAll);

function started(parameters: readonly string[]): { child: ChildProcess; ended: Promise<Output> } {
  const child = spawn(process.execPath, [program, ...parameters], { cwd: folder });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text));
  return { child, ended: once(child, 'close').then(([code]) => ({ code, ...output })) };
}

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const bench = (...parameters: string[]): Promise<Output> => started(parameters).ended;

describe('a run', () => {
  let output: Output;
  const few = ['--operations', 'batchNorm', '--shapes', '16x5', '--phases', 'inference'];
  const fast = ['--rounds', '2', '--budget', '0', '--threads', '1'];

  beforeAll(async () => {
    output = await bench(...few, ...fast, '--backends', 'wasm', '--peers', 'composed', '--out', 'a.json');
  });

  it('prints a table with ours and the peer', () => {
    expect(output).toMatchObject({ code: 0 });
    expect(output.stdout).toMatch(/^Backend wasm +@bn +tfjs composed +memory limit$/m);
    expect(output.stdout).toMatch(/^BatchNorm inference 16x5 +\d.*x (±|busy)/m);
  });

  it('writes a result that fits the schema, with the command that made it', async () => {
    const result = await readResult(join(folder, 'a.json'));
    expect(result).toMatchObject({ state: 'complete', settings: { rounds: 2, budget: 0 } });
    expect(result.command).toBe(
      `npm run bench -- ${[...few, ...fast].join(' ')} --backends wasm --peers composed --out a.json`,
    );
    expect(result.machine.versions).toHaveProperty('tfjs');
    expect(result.rows.map(({ cells }) => Object.keys(cells))).toEqual([
      ['bn/wasm/1', 'composed/wasm/1'],
      ['bn/wasm/1'],
      ['bn/wasm/1'],
    ]);
  });

  it('writes the HTML report beside it', async () => {
    expect(await readFile(join(folder, 'a.html'), 'utf8')).toContain('BatchNorm inference 16x5');
  });
});

it('keeps what it has measured when it is interrupted, and leaves no half file', async () => {
  const parameters = [
    '--operations',
    'batchNorm',
    '--shapes',
    '16x5',
    '--backends',
    'wasm',
    '--peers',
    'none',
  ];
  const { child, ended } = started([
    ...parameters,
    '--threads',
    '1',
    '--rounds',
    '1000',
    '--out',
    'b/b.json',
  ]);
  while (!existsSync(join(folder, 'b/b.json'))) await sleep(50);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout).toContain('stopped early');
  const result = await readResult(join(folder, 'b/b.json'));
  expect(result.state).toBe('stopped');
  expect(result.rows[0]!.cells['bn/wasm/1']!.median).toBeGreaterThan(0);
  expect((await readdir(join(folder, 'b'))).sort()).toEqual(['b.html', 'b.json']);
});

it('goes on with a run that was interrupted, under the same command', async () => {
  const parameters = ['--operations', 'batchNorm', '--shapes', '16x5,32x5', '--phases', 'inference'];
  // Three processes, one after the other: it is ended long before the second has started.
  const fast = ['--rounds', '6', '--budget', '0', '--threads', '1', '--backends', 'wasm', '--peers', 'none'];
  const command = [...parameters, ...fast, '--out', 'c/c.json'];
  const { child, ended } = started(command);
  while (!existsSync(join(folder, 'c/c.json'))) await sleep(50);
  child.kill('SIGKILL');
  await ended;
  const before = await readResult(join(folder, 'c/c.json'));
  expect(before.state).toBe('running');
  const { code, stderr } = await bench(...command, '--resume');
  expect(code).toBe(0);
  expect(stderr).toContain('resumes c/c.json');
  const after = await readResult(join(folder, 'c/c.json'));
  expect(after).toMatchObject({ state: 'complete', command: before.command, date: before.date });
  for (const [index, { cells }] of before.rows.entries()) {
    const kept = cells['bn/wasm/1']?.milliseconds ?? [];
    expect(after.rows[index]!.cells['bn/wasm/1']!.milliseconds.slice(0, kept.length)).toEqual(kept);
  }
  expect((await bench(...command, '--resume')).stderr).toContain(
    'starts again, because c/c.json does not belong',
  );
});

it.each([
  [['--operations', 'batchNrom'], /'batchNrom' is unknown\. Expected some of batchNorm, /],
  [['--shapes', '32xx4'], /unknown shape '32xx4': expected models, sweep, small, quick/],
  [
    ['--phases', 'backwards'],
    /'backwards' is unknown\. Expected some of forward, forwardBackward, inference/,
  ],
  [['--backends', 'webgl'], /'webgl' is unknown\. Expected some of wasm, webgpu, cpu/],
  [['--peers', 'numpy'], /'numpy' is unknown\. Expected some of composed/],
  [['--rounds', '0'], /Expected a whole number from 1 to 1000/],
  [['--threads', '1,zwei'], /Expected a whole number from 1 to 64/],
  [['--operations', 'groupNorm', '--shapes', '8x12'], /nothing to measure/],
  [['--budgets', '3'], /unknown option '--budgets'/],
  [['comparse', 'a.json', 'b.json'], /too many arguments/],
  [['record', 'pages'], /'pages' is invalid for argument 'parts'. Allowed choices are node, page/],
  [['compare', 'nowhere.json', 'nowhere.json'], /cannot read 'nowhere\.json': ENOENT/],
])('refuses %j with exit code 2', async (parameters, message) => {
  const { code, stderr } = await bench(...parameters);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

it.each([
  [['report', 'there.json', '--out', 'there.json/report.html'], /cannot write 'there\.json\/report\.html': /],
  [['docs', 'there.json', '--out', 'there.json'], /cannot write 'there\.json\/benchmarks\.new-/],
  [['report', 'there.json', '--out', '.'], /cannot write '\.': .*: expected a file, got a folder\. /],
  [['report', 'there.json', '--out', './there.json'], /--out: expected another file than the result, got/],
  [
    ['web', '--headless', '--operations', 'batchNorm', '--shapes', '16x5', '--out', 'there.json/a.json'],
    /cannot write 'there\.json\/a\.json': /,
  ],
  [
    ['--operations', 'batchNorm', '--shapes', '16x5', '--peers', 'none', '--out', 'there.json/a.json'],
    /cannot write 'there\.json\/a\.json': /,
  ],
])('says in a word that %j cannot write there', async (parameters, message) => {
  await writeResult(join(folder, 'there.json'), resultOf([1, 2], [3, 4]));
  const { code, stderr } = await bench(...parameters);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(2);
});

it('replaces no folder that holds what it did not write', async () => {
  await writeResult(join(folder, 'there.json'), resultOf([1, 2], [3, 4]));
  await mkdir(join(folder, 'pages/thesis'), { recursive: true });
  await writeFile(join(folder, 'pages/thesis/chapter.md'), 'mine');
  const { code, stderr } = await bench('docs', 'there.json', '--out', 'pages', '--name', 'thesis');
  expect(stderr).toMatch(/'pages\/thesis' would be replaced as a whole: .*'chapter\.md' and no result\.json/);
  expect(code).toBe(2);
  expect(await readFile(join(folder, 'pages/thesis/chapter.md'), 'utf8')).toBe('mine');
});

it('measures ours on another Node too', async () => {
  const few = ['--operations', 'batchNorm', '--shapes', '16x5', '--phases', 'inference', '--threads', '1'];
  const fast = ['--rounds', '1', '--budget', '0', '--backends', 'wasm', '--peers', 'none'];
  await bench(...few, ...fast, '--node', process.execPath, '--out', 'node.json');
  const { contenders, rows } = await readResult(join(folder, 'node.json'));
  const id = `bn/wasm/1/Node ${process.versions.node}`;
  expect(contenders.map((contender) => contender.id)).toEqual(['bn/wasm/1', id]);
  expect(rows[0]!.cells[id]!.median).toBeGreaterThan(0);
});

it.each([
  ['no/such/node', /--node no\/such\/node: it does not run: /],
  ['/bin/echo', /--node \/bin\/echo: it is not Node/],
])('refuses %s as a Node', async (program, message) => {
  const { code, stderr } = await bench('--node', program, '--peers', 'none');
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

describe('of results that are there', () => {
  const times = [1, 1.1, 1.2, 1.1, 1, 1.2];

  beforeAll(() => writeResult(join(folder, 'old.json'), resultOf(times, [9, 9, 9, 9, 9, 9])));

  it('compare says what part agrees', async () => {
    const { code, stdout } = await bench('compare', 'old.json', 'old.json');
    expect(code).toBe(0);
    expect(stdout).toContain('times: 100% of 2 agree within their intervals');
  });

  it('report writes the HTML again', async () => {
    const { stdout } = await bench('report', 'old.json', '--out', 'new/report.html');
    expect(stdout).toBe('new/report.html\n');
    expect(await readFile(join(folder, 'new/report.html'), 'utf8')).toContain('<!doctype html>');
  });

  it('docs writes the page, its plots and the raw result, small enough to be committed', async () => {
    await bench('docs', 'old.json', '--out', 'docs', '--name', 'figures');
    const page = await readFile(join(folder, 'docs/figures.md'), 'utf8');
    const files = await readdir(join(folder, 'docs/figures'));
    for (const file of files) expect(page).toContain(`(figures/${file})`);
    expect(files).toContain('result.json');
    expect(await readResult(join(folder, 'docs/figures/result.json'))).toEqual(
      await readResult(join(folder, 'old.json')),
    );
  });

  it('docs refuses a name that is no file name: its folder is emptied', async () => {
    const { code, stderr } = await bench('docs', 'old.json', '--out', 'docs', '--name', '..');
    expect(code).toBe(2);
    expect(stderr).toContain("argument '..' is invalid. Letters, digits and - only");
  });
});
