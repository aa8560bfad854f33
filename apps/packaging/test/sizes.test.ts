/** No package grows over its budget unnoticed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { publishedPackages } from '../src/packages.js';
import { type Size, sizesTable, weigh, weighedImportsOf } from '../src/sizes.js';

const sizes: Size[] = [];
afterAll(() => {
  console.log(sizesTable(sizes));
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/sizes.md', `${sizesTable(sizes)}\n`);
});

test.each(publishedPackages.flatMap(weighedImportsOf))(
  '$packageName, $what, keeps within $budget bytes',
  async (weighed) => {
    const size = await weigh(weighed);
    sizes.push(size);
    expect(size.compressed).toBeLessThanOrEqual(size.budget);
    // A target that has been reached becomes the budget.
    expect(size.compressed).toBeGreaterThan(size.target ?? 0);
  },
);
