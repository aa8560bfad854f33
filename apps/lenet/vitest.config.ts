import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(
  await nodeAndBrowserConfig({
    setupFiles: ['../../packages/wasm/test/browser/setup.ts'],
    dependencies: ['@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-webgl'],
  }),
);
