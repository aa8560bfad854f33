import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(
  await nodeAndBrowserConfig({
    setupFiles: ['test/browser/setup.ts'],
    dependencies: [
      '@bn/cpu-ref > @tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@bn/conformance > fast-check',
    ],
  }),
);
