/** Every line of docs/tfjs.md: what tfjs alone shows, and what it comes to with what mends it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printedByPage, startChromium } from '@bn/tooling/page';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import * as tf from '@tensorflow/tfjs';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { inChromium } from '../src/faults/fault.js';
import { faults } from '../src/faults/list.js';
import { page } from '../src/faults/page.js';
import type { Outcome } from '../src/faults/run/evaluate.js';
import { type Line, parse } from '../src/faults/run/print.js';

const tolerance = 1e-5;
const mendings = [...new Set(faults.flatMap(({ mending }) => mending ?? []))];

/** The lines of a program in Node, in a process that has imported nothing else. */
function linesOf(program: string, ...parameters: string[]): Line[] {
  const path = new URL(`../dist/faults/run/${program}.js`, import.meta.url).pathname;
  const text = execFileSync(process.execPath, [path, ...parameters], { encoding: 'utf8' });
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(parse);
}

/** The lines of a page in Chromium, for tfjs alone and for every import. */
async function linesOfPages(): Promise<Line[]> {
  const folder = await temporaryFolder(afterAll);
  const browser = await startChromium();
  try {
    await build({
      entryPoints: [new URL('../dist/faults/run/inPage.js', import.meta.url).pathname],
      outdir: folder,
      bundle: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      external: ['node:*'],
      logLevel: 'error',
    });
    const inThePage = faults.map((fault) => ({
      ...fault,
      backends: fault.backends.filter((backend) => inChromium.includes(backend)),
    }));
    const printed: string[] = [];
    for (const hash of [
      '',
      ...new Set(inThePage.flatMap((f) => (f.backends.length > 0 ? (f.mending ?? []) : []))),
    ]) {
      const counts = inThePage.map(({ backends, mending, instead }) => {
        if (hash !== '') return mending === hash ? backends.length : 0;
        return backends.length * (mending === undefined && instead !== undefined ? 2 : 1);
      });
      const html = '<!doctype html><script type="module" src="inPage.js"></script>';
      writeFileSync(join(folder, 'index.html'), html);
      const lines = counts.reduce((sum, count) => sum + count, 0);
      printed.push(...(await printedByPage(browser, { folder, file: `index.html#${hash}`, lines })));
    }
    return printed.map(parse);
  } finally {
    await browser.close();
  }
}

const alone = linesOf('alone');
const inNode = [...alone, ...mendings.flatMap((mending) => linesOf('mended', mending))];
const lines = [...inNode, ...(await linesOfPages())];
const outcome = (fault: number, backend: string, state: 'alone' | 'mended'): Outcome =>
  lines.find((line) => line.fault === fault && line.backend === backend && line[state])?.[state] ?? {
    message: 'no outcome',
  };

function isClose(got: Outcome, wanted: readonly number[]): boolean {
  if (!('values' in got) || got.values.length !== wanted.length) return false;
  const scale = Math.max(...wanted.map((value) => Math.abs(value) || 0)) || 1;
  return got.values.every(
    (value, i) => Object.is(value, wanted[i]) || Math.abs(value - wanted[i]!) <= tolerance * scale,
  );
}

it('is about the version of tfjs that is installed', () => {
  expect(page()).toContain(`TensorFlow.js ${tf.version_core}.`);
});

it('is what docs/tfjs.md says (if it is not, node apps/referee/scripts/writeTfjs.mjs)', () => {
  expect(readFileSync(new URL('../../../docs/tfjs.md', import.meta.url), 'utf8')).toBe(page());
});

const cases = faults.flatMap((fault, i) => fault.backends.map((backend) => ({ ...fault, i, backend })));
describe.each(cases)('$wanted, on $backend', ({ i, backend, message, wrong, right }) => {
  it('fails with tfjs alone as the page says', () => {
    const got = outcome(i, backend, 'alone');
    if (message !== undefined) {
      expect(got).toEqual({ message: expect.stringMatching(startOf(message)) });
      return;
    }
    expect(got).toHaveProperty('values');
    expect(isClose(got, right), JSON.stringify(got)).toBe(false);
    if (wrong) expect(isClose(got, wrong), JSON.stringify(got)).toBe(true);
  });

  it('is right with what mends it', () => {
    const got = outcome(i, backend, 'mended');
    expect(isClose(got, right), JSON.stringify(got)).toBe(true);
  });
});

const startOf = (message: string): RegExp => new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
