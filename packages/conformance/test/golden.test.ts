/** The golden data belong to the cases, and both sides draw the same inputs. */
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../src/golden/crc32.js';
import { normal, textSeed, uniform } from '../src/golden/inputs.js';
import { type CaseRow, goldenRows, pytorchVersion, readGoldenCase } from '../src/golden/reader.js';
import { sizeOf } from '../src/operation.js';

const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url);

describe('golden data', () => {
  it('has every row of cases.json, in its order', () => {
    const rows = JSON.parse(readFileSync(golden('cases.json'), 'utf8')) as CaseRow[];
    expect(goldenRows.map(({ ...row }) => row)).toMatchObject(rows);
    expect(goldenRows.length).toBe(rows.length);
  });

  it('was made from the inputs that are drawn here, and has a number for each element', () => {
    for (const row of goldenRows) {
      const { outputs, inputs } = readGoldenCase(row);
      expect(outputs.y!.truth.length).toBe(sizeOf(row.shape));
      expect(outputs.dx!.truth.length).toBe(inputs.x.length);
    }
  });

  it('refuses inputs that are not those it was made from', () => {
    const row = { ...goldenRows[0]!, offset: 1 };
    expect(() => readGoldenCase(row)).toThrow(/inputs differ from those of make-golden\.py/);
  });

  it('scales every error by a positive number and knows what PyTorch made of it', () => {
    expect(pytorchVersion).toMatch(/^\d+\.\d+\.\d+$/);
    for (const row of goldenRows) {
      for (const output of Object.values(readGoldenCase(row).outputs)) {
        expect(output.scale).toBeGreaterThan(0);
        expect(output.pytorch).toBeGreaterThanOrEqual(0);
        expect(output.pytorch).toBeLessThan(0.01);
      }
    }
  });

  it('takes at most 3 MB', () => {
    expect(statSync(golden('golden.bin')).size + statSync(golden('golden.json')).size).toBeLessThan(3e6);
  });
});

describe('the generator', () => {
  it('hashes text as FNV-1a does', () => {
    expect(textSeed('')).toBe(0x811c9dc5);
    expect(textSeed('foobar')).toBe(0xbf9cf968);
  });

  it('checks sums as zlib does', () => {
    const bytes = new TextEncoder().encode('12345678');
    expect(crc32([new Float32Array(bytes.buffer)])).toBe(0x9ae0daaf);
  });

  it('draws numbers of mean 0 and variance 1 that depend on the seed', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => normal(7, i));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(uniform(7, 0)).not.toBe(uniform(8, 0));
  });
});
