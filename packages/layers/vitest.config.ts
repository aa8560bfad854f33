import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(
  await nodeAndBrowserConfig({
    dependencies: [
      '@tensorflow/tfjs-layers',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  }),
);
