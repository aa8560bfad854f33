import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import * as tfjs from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import * as bn from '../src/index.js';
import { addTfjsBackend, genericBackend } from './support/genericBackend.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Examples are written for the wasm backend; here the generic one stands in for it. */
beforeAll(async () => {
  addTfjsBackend('wasm');
  bn.registerBackend({ ...genericBackend, name: 'wasm' });
  await tf.setBackend('wasm');
});

/** Exports that only the author of a backend needs. */
const forBackends = [
  'batchNormView',
  'elementsPerStatistic',
  'groupNormView',
  'instanceNormView',
  'layerNormView',
  'registeredBackends',
  'statisticsShape',
];

const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);

/** What stands behind `// ` on the lines that print. */
const announced = (code: string) =>
  [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);

/** Runs an example and returns what it prints, line breaks and indentation folded. */
async function printed(code: string): Promise<string[]> {
  const lines: string[] = [];
  const log = (...values: unknown[]) => lines.push(format(...values).replace(/\s+/g, ' '));
  const body = code
    .replace(/import \* as tf from '@tensorflow\/tfjs';/, '')
    .replace(/import '@bn\/wasm';/, '')
    .replace(/import (\{[^}]*\}) from '@bn\/core';/, 'const $1 = bn;');
  const AsyncFunction = (async () => {}).constructor as new (
    ...source: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('tf', 'bn', 'console', body)(tfjs, bn, { log });
  return lines;
}

describe('the README', () => {
  test.each(examples.map((code, i) => [i + 1, code] as const))(
    'has an example %i that prints what it says',
    async (_, code) => {
      expect(await printed(code)).toEqual(announced(code));
    },
  );

  test.each(examples.map((code, i) => [i + 1, code] as const))(
    'has an example %i that says what it prints',
    (_, code) => {
      expect(announced(code).length).toBeGreaterThan(0);
    },
  );

  test('lists exactly the exported error classes and their codes', () => {
    const rows = readme.matchAll(/^\| `(\w+Error)`\s+\| `(\w+)`\s+\|/gm);
    const listed = Array.from(rows, ([, name, code]) => `${name} ${code}`);
    expect(listed.sort()).toEqual(exportedErrors().sort());
  });

  test.each(Object.keys(bn).filter((name) => !forBackends.includes(name)))('tells of %s', (name) => {
    expect(readme).toContain(name);
  });
});

/** Name and code of the exported error classes. */
function exportedErrors(): string[] {
  return Object.values(bn)
    .filter((value) => Object.getPrototypeOf(value) === bn.NormalizationError)
    .map((value) => {
      const error = new (value as new (message: string) => bn.NormalizationError)('');
      return `${error.name} ${error.code}`;
    });
}
