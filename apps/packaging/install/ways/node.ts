/** Node runs the program as a module; vitest, installed as its peer, runs the conformance suite. */
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runVitest } from '@bn/tooling/runVitest';
import type { Project } from '../project.js';

const run = promisify(execFile);

export async function node({ folder }: Project): Promise<string[]> {
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder });
  return stdout.split('\n').filter((line) => line !== '');
}

/** @returns How many tests have passed; throws if any has failed. */
export async function vitest({ folder }: Project): Promise<number> {
  await copyFile(join(folder, 'program.ts'), join(folder, 'program.test.ts'));
  return runVitest(join(folder, 'node_modules/vitest'), folder, 'program.test.ts');
}
