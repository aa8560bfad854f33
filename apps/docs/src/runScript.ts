/** Runs a js or ts block in Node, or under vitest if it is a test. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { runVitest } from '@bn/tooling/runVitest';
import { transform } from 'esbuild';
import type { Block } from './blocks.js';
import { write } from './workplace.js';

const run = promisify(execFile);
const fold = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** One line for each call of console.log, however many it prints. */
const oneLineEach = `import { format } from 'node:util';
const log = console.log;
console.log = (...values) => log(format(...values).replace(/\\s+/g, ' ').trim());
`;

export const isTest = ({ code }: Block): boolean => /from '(@bn\/conformance|vitest)'/.test(code);

/** @returns What the block prints, a line for each call of console.log, line breaks and indentation folded. */
export async function runScript({ page, line, language, code }: Block): Promise<string[]> {
  const loader = language === 'ts' ? 'ts' : 'js';
  const { code: script } = await transform(code, { loader, target: 'es2022', format: 'esm' });
  const prelude = write(page, 'oneLineEach.mjs', oneLineEach);
  const file = write(page, `line-${line}.mjs`, script);
  const { stdout } = await run(process.execPath, ['--import', prelude, file], { cwd: dirname(file) });
  return stdout.split('\n').filter(Boolean).map(fold);
}

/** @returns How many tests pass. @throws Error if one fails. */
export async function runTest({ page, line, code }: Block): Promise<number> {
  // The backend that the block calls its own.
  if (code.includes("'../src/index.js'")) {
    write(page, '../src/index.ts', "export { cpuReferenceBackend as myBackend } from '@bn/cpu-ref';\n");
  }
  const file = write(page, `line-${line}.test.ts`, code);
  // Settings of its own, or vitest would take those of this package.
  write(page, 'vitest.config.mjs', 'export default {};\n');
  const vitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));
  return runVitest(vitest, dirname(file), file);
}
