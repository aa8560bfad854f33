/** Writes what a worker runs into src/generated/workerSource.ts, as text. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

const { outputFiles } = await build({
  entryPoints: [join(packageFolder, 'worker/worker.ts')],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  write: false,
});
const source = JSON.stringify(outputFiles[0].text.trim());

await mkdir(join(packageFolder, 'src/generated'), { recursive: true });
await writeFile(
  join(packageFolder, 'src/generated/workerSource.ts'),
  `// Generated from worker/ by the build.\nexport const workerSource = ${source};\n`,
);
