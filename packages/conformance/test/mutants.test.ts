/**
 * The mutants of scripts/mutants.mjs still fit the sources that they break. Whoever changes such a line changes its mutant
 * too, so that it breaks the same thing; `pnpm --filter @bn/conformance mutation` then shows that it is caught.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutants } from '../scripts/mutants.mjs';

const packages = new URL('../../', import.meta.url);

describe('a mutant', () => {
  it.each(mutants)('finds its text once: $package, $name', ({ package: folder, file, find }) => {
    const path = new URL(`${folder}/${file}`, packages);
    expect(existsSync(path), `packages/${folder}/${file} exists`).toBe(true);
    const occurrences = readFileSync(path, 'utf8').split(find).length - 1;
    expect(occurrences, `occurrences of '${find}' in packages/${folder}/${file}`).toBe(1);
  });

  it('changes its text', () => {
    for (const { name, find, replace } of mutants) expect(replace, name).not.toBe(find);
  });

  it('has a name that no other of its package has', () => {
    const names = mutants.map((mutant) => `${mutant.package} ${mutant.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
