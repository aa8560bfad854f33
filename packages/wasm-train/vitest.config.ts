import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(
  await nodeAndBrowserConfig({
    setupFiles: ['test/browser/setup.ts'],
    dependencies: ['@tensorflow/tfjs-backend-wasm'],
  }),
);
