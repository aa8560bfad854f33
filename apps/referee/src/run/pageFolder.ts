/** Everything that the pages of contenders load, in one folder. */
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @returns its path; whoever makes it removes it, or else the end of the process */
export async function makePageFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'referee-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    entryPoints: [fileURLToPath(new URL('../../dist/run/inPage.js', import.meta.url))],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    // Browsers have their own WebGPU.
    external: ['@bn/webgpu/node', 'node:*'],
    logLevel: 'error',
  });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="inPage.js"></script>');
  // onnxruntime-web loads them at run time.
  const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  for (const file of readdirSync(runtime).filter((name) => name.endsWith('.wasm'))) {
    copyFileSync(join(runtime, file), join(folder, file));
  }
  return folder;
}
