import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(
  await nodeAndBrowserConfig({
    setupFiles: ['../../packages/wasm/test/browser/setup.ts'],
    dependencies: ['@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-webgl'],
    // These tests take longest, and are alone with both cores when the other packages are done.
    maxWorkers: 2,
  }),
);
