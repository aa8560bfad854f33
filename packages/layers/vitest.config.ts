import { readdirSync } from 'node:fs';
import { nodeAndBrowserConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

/** Files that replace kernels of tfjs, on which the models of the others would then run. */
const alone = [
  'graphModel',
  'kerasTests',
  'memory',
  'mobileNet',
  'normalization',
  'training',
  'weightNormalizations',
].map((name) => `${name}.test.ts`);

const files = readdirSync(new URL('test', import.meta.url)).filter((file) => file.endsWith('.test.ts'));

export default defineConfig(
  await nodeAndBrowserConfig({
    dependencies: [
      '@tensorflow/tfjs-layers',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
    ],
    together: files.filter((file) => !alone.includes(file)).map((file) => `test/${file}`),
  }),
);
