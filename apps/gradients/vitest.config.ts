import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(
  await nodeAndBrowserConfig({
    dependencies: [
      '@tensorflow/tfjs-layers',
      '@bn/backends > @tensorflow/tfjs-backend-wasm',
      '@bn/backends > @tensorflow/tfjs-backend-webgl',
      '@bn/backends > @tensorflow/tfjs-backend-webgpu',
      '@bn/backends > @tensorflow/tfjs-backend-cpu',
    ],
  }),
);
