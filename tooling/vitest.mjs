/**
 * The test settings that every package shares: the console's default report, and a JSON report from which
 * `npm test` counts what ran.
 */
export const sharedTestConfig = {
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/vitest.json' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: turbo already runs packages side by side.
    maxWorkers: 1,
  },
};
