/** Measuring and reporting. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { describe, expect, it } from 'vitest';
import { expectClose, expectFinite, expectSame, largestDifference } from '../src/compare.js';
import { assertGradients } from '../src/conformance.js';
import { tableOfContents } from '../src/contents.js';
import { writeReport } from '../src/report.js';
import { type ConformanceMatrix, Results, summarize } from '../src/results.js';

function someResults(): Results {
  const results = new Results();
  results.defineFeature('leaks', 3);
  results.startTest('leaks', { result: { state: 'pass' } });
  results.startTest('leaks', { result: { state: 'fail' } });
  results.recordError('layerNorm', 'y', 1e-7, 3e-7);
  results.recordError('layerNorm', 'y', 2e-7, 1e-7);
  return results;
}

describe('comparisons', () => {
  it('find the largest difference', () => {
    expect(largestDifference([1, 5, 3], [1, 2, 4])).toEqual({ error: 3, at: 1 });
  });

  it('take equal infinities and NaNs for equal', () => {
    expect(largestDifference([Number.NaN, Infinity], [Number.NaN, Infinity]).error).toBe(0);
  });

  it('fail for NaN and infinity where a number was wanted', () => {
    expect(() => expectClose([1, Number.NaN, 1], [1, 1, 5], 100, 'y')).toThrow(
      /y: element 1 is NaN, wanted 1/,
    );
    expect(() => expectClose([-Infinity], [Infinity], 100, 'y')).toThrow(/y: element 0/);
    expect(() => expectFinite([0, Infinity], 'y')).toThrow(/y: element 1 is Infinity/);
  });

  it('fail for another length', () => {
    expect(() => expectClose([1], [1, 2], 100, 'y')).toThrow(/number of elements/);
    expect(() => expectSame([1], [1, 2], 'y')).toThrow(/number of elements/);
  });

  it('fail for one bit where bits are compared', () => {
    expect(() => expectSame([1, 2 + 2 ** -51], [1, 2], 'y')).toThrow(/y: element 1/);
    expect(() => expectSame([0], [-0], 'y')).toThrow(/y: element 0/);
  });
});

describe('results', () => {
  it('count tests by feature and keep the worst errors', () => {
    const { features, accuracy } = someResults().matrix('toy', 'cpu', 1);
    expect(features).toEqual([{ feature: 'leaks', passed: 1, failed: 1, notRun: 1 }]);
    expect(accuracy).toEqual([{ operation: 'layerNorm', output: 'y', cases: 2, error: 2e-7, pytorch: 3e-7 }]);
  });

  it('take an error that is no number for the worst, and keep it', () => {
    const results = someResults();
    results.recordError('layerNorm', 'y', Number.NaN, 1e-7);
    results.recordError('layerNorm', 'y', 1e-9, 1e-7);
    expect(results.accuracyOf('layerNorm')[0]!.error).toBe(Number.POSITIVE_INFINITY);
  });

  it('are summed up in a few lines', () => {
    const summary = summarize(someResults().matrix('toy', 'cpu', 1));
    expect(summary).toMatch(/^conformance of toy: 1 case passed, 1 failed, 1 not run/);
    expect(summary).toMatch(/layerNorm y .* 2\.00e-7 .*3\.00e-7/);
  });
});

describe('the report', () => {
  const matrix: ConformanceMatrix = someResults().matrix('toy', 'cpu', 1);

  it('goes to a path, whose folders are made', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a', 'b.json');
    await writeReport(matrix, path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(matrix);
  });

  it('goes to a function', async () => {
    const got: ConformanceMatrix[] = [];
    await writeReport(matrix, (given) => {
      got.push(given);
    });
    expect(got).toEqual([matrix]);
  });

  it('goes nowhere where that is asked for', async () => {
    await writeReport(matrix, false);
    expect(existsSync('reports/conformance-toy.json')).toBe(false);
  });
});

describe('a test file that does not import @tensorflow/tfjs', () => {
  it('is told so, as this one is', () => {
    expect(assertGradients).toThrow(/import '@tensorflow\/tfjs'/);
  });
});

describe('the table of contents', () => {
  const context = {
    backend: 'cpu',
    swapWith: [],
    synchronousReads: true,
    tolerance: 1,
    draws: { seed: 1, runs: 40 },
    results: new Results(),
  };

  it('has the swap tests where there is a backend to swap with, and says nothing of them otherwise', () => {
    const features = (...swapWith: string[]) =>
      tableOfContents({ ...context, swapWith }).map(({ feature }) => feature);
    expect(features()).not.toContain('swap');
    expect(features('wasm')).toEqual([...features(), 'swap', 'tensors that move']);
  });

  it('is told in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    for (const { feature } of tableOfContents({ ...context, swapWith: ['wasm'] })) {
      expect(readme).toContain(`**${feature.replace(/: .*/, '')}**`);
    }
  });
});
