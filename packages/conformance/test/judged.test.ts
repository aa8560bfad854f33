/** The matrix says what vitest says, also of tests that vitest has given up. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformance } from '../src/index.js';
import type { ConformanceMatrix } from '../src/results.js';

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

const root = fileURLToPath(new URL('judged/', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const folder = await temporaryFolder(afterAll);

/** Runs judged/hangs.ts: the matrix that it wrote, and the tests that passed as vitest's own report has it. */
async function runHanging(name: string, ...options: string[]) {
  const [matrix, report] = [join(folder, `${name}.json`), join(folder, `${name}-vitest.json`)];
  const args = [
    vitest,
    'run',
    '--root',
    root,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
    ...options,
  ];
  const env = { ...process.env, BN_MATRIX: matrix };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch((error) => error);
  const { features } = JSON.parse(readFileSync(matrix, 'utf8')) as ConformanceMatrix;
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').map(({ title }) => title);
  return { features, passed, stdout: String(stdout) };
}

describe('a run with tests that hang', () => {
  let run: Awaited<ReturnType<typeof runHanging>>;
  beforeAll(async () => {
    run = await runHanging('all');
  });

  it('passes only those that ended in time', () => {
    expect(run.passed).toEqual(['passes', 'waits until the late one has ended, and passes']);
  });

  it('has a matrix that is no greener', () => {
    expect(run.features).toEqual([
      { feature: 'time', passed: 2, failed: 4, notRun: 0 },
      { feature: 'hooks', passed: 0, failed: 1, notRun: 0 },
    ]);
  });

  it('is summed up so', () => {
    expect(run.stdout).toContain('conformance of hanging: 2 cases passed, 5 failed');
  });
});

it('a run of a part of the tests says how many it left out', async () => {
  const { features } = await runHanging('part', '-t', 'time passes');
  expect(features).toEqual([
    { feature: 'time', passed: 1, failed: 0, notRun: 5 },
    { feature: 'hooks', passed: 0, failed: 0, notRun: 1 },
  ]);
});

it.each([0, 1.5, Number.NaN, '5'])('refuses %j draws', (draws) => {
  const options = { backend: 'cpu', draws: draws as number };
  expect(() => conformance(options)).toThrow(/draws must be an integer of at least 1, got/);
});

it.each([0, -1, Number.NaN, '5000'])('refuses a time limit of %j', (timeLimit) => {
  const options = { backend: 'cpu', timeLimit: timeLimit as number };
  expect(() => conformance(options)).toThrow(/timeLimit must be a positive number of milliseconds, got/);
});
