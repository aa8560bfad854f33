import { sharedTestConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

/** Needs the npm registry, which the other tests of the repository do not. */
export default defineConfig({
  test: {
    ...sharedTestConfig.test,
    include: ['install/matrix.test.ts'],
    outputFile: { json: 'install/reports/vitest.json' },
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
