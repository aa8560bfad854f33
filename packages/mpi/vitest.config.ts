import { sharedTestConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

// Each of the tests that go side by side (it.concurrent) has a group of three processes.
export default defineConfig({ test: { ...sharedTestConfig.test, maxConcurrency: 3 } });
