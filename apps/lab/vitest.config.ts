import { sharedTestConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // What this app depends on is built last, so that its tests are the last, and alone with both cores for most of the time.
  test: { ...sharedTestConfig.test, maxWorkers: 2 },
});
