import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(
  await nodeAndBrowserConfig({
    setupFiles: ['../wasm/test/browser/setup.ts'],
    dependencies: [
      '@tensorflow/tfjs-backend-webgl',
      '@bn/wasm > @tensorflow/tfjs-backend-wasm',
      '@bn/conformance > fast-check',
    ],
  }),
);
