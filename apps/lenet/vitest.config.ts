import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { softwareVulkan } from '@bn/tooling/vulkan';
import { defineConfig } from 'vitest/config';

// Before vitest starts the processes in which tests run.
Object.assign(process.env, await softwareVulkan());

export default defineConfig(
  await nodeAndBrowserConfig({
    setupFiles: ['../../packages/wasm/test/browser/setup.ts'],
    dependencies: [
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgl',
      '@bn/backends > @tensorflow/tfjs-backend-webgpu',
      '@bn/backends > @tensorflow/tfjs-backend-cpu',
    ],
    // These tests take longest, and are alone with both cores when the other packages are done.
    maxWorkers: 2,
  }),
);
