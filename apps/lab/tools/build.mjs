/** Builds the page with Vite into a folder that any file server can serve: all addresses are relative. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { datasetsPlugin } from './datasetsPlugin.mjs';
import { threadedBuildPlugin } from './threadedBuildPlugin.mjs';

const labFolder = fileURLToPath(new URL('../src', import.meta.url));

/**
 * @param {object} options
 * @param {string} options.outDir Replaced as a whole.
 * @param {{ name: string, path: string }[]} options.datasets Served with the page; the first is chosen at first.
 */
export function buildLab({ outDir, datasets }) {
  return build({
    root: labFolder,
    configFile: false,
    base: './',
    logLevel: 'warn',
    plugins: [datasetsPlugin(datasets)],
    resolve: {
      // tfjs must be there once: its engine, and the backends that register with it.
      dedupe: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-webgl'],
    },
    worker: { format: 'es', plugins: () => [threadedBuildPlugin()] },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // Data and .wasm files stay files.
      assetsInlineLimit: 0,
      // tfjs is large, and only the worker loads it.
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
}

/** With the committed images only: what the package's build makes, and tests open. */
export const miniDataset = {
  name: 'mini',
  path: fileURLToPath(new URL('../../lenet/data/mini', import.meta.url)),
};
export const defaultFolder = fileURLToPath(new URL('../dist', import.meta.url));

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await buildLab({ outDir: defaultFolder, datasets: [miniDataset] });
}
