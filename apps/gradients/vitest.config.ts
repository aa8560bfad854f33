import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(
  await nodeAndBrowserConfig({
    dependencies: [
      '@tensorflow/tfjs-layers',
      '@bn/wasm > @tensorflow/tfjs-backend-wasm',
      '@bn/webgl > @tensorflow/tfjs-backend-webgl',
    ],
  }),
);
