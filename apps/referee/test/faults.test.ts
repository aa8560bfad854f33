/** Every line of docs/tfjs.md: what tfjs alone shows, and what it comes to with what mends it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { faults } from '../src/faults/list.js';
import { page } from '../src/faults/page.js';
import type { Outcome } from '../src/faults/run/evaluate.js';
import { type Line, parse } from '../src/faults/run/print.js';

const tolerance = 1e-5;
const mendings = [...new Set(faults.flatMap(({ mending }) => mending ?? []))];

/** The lines of a program, in a process that has imported nothing else. */
function linesOf(program: string, ...parameters: string[]): Line[] {
  const path = new URL(`../dist/faults/run/${program}.js`, import.meta.url).pathname;
  const text = execFileSync(process.execPath, [path, ...parameters], { encoding: 'utf8' });
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map(parse);
}

const alone = linesOf('alone');
const lines = [...alone, ...mendings.flatMap((mending) => linesOf('mended', mending))];
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
