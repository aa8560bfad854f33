/** The page, as files that any server can serve: dist/web. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path('src/page'),
  // From any folder of any server.
  base: './',
  resolve: {
    alias: [{ find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' }],
    // Its threads start from a file of its own, which a bundle would not have.
    conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'production'],
  },
  worker: { format: 'es' },
  build: {
    outDir: path('dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // tfjs starts its threads with the source of one of its functions, whose outer names must stay what they are.
    minify: false,
    // tfjs and vega are what they are.
    chunkSizeWarningLimit: 4000,
  },
});
