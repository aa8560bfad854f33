import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { softwareVulkan } from '@bn/tooling/vulkan';
import { defineConfig } from 'vitest/config';

// Before vitest starts the processes in which tests run.
Object.assign(process.env, await softwareVulkan());

export default defineConfig(
  await nodeAndBrowserConfig({
    setupFiles: ['../wasm/test/browser/setup.ts'],
    dependencies: [
      '@tensorflow/tfjs-backend-webgpu',
      '@bn/wasm > @tensorflow/tfjs-backend-wasm',
      '@bn/conformance > fast-check',
    ],
  }),
);
