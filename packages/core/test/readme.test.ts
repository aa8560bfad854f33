/** The README tells of everything that is exported; that its examples run is tested in apps/docs. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as bn from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

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

describe('the README', () => {
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
