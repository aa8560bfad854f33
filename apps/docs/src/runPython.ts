/** Runs a python block if a Python has PyTorch. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '@bn/tooling/workspace';
import type { Block } from './blocks.js';
import { write } from './workplace.js';

export async function runPython({ page, line, code }: Block, python: string): Promise<string[]> {
  const file = write(page, `line-${line}.py`, code);
  // A README may import what lies in the scripts beside it.
  const env = { ...process.env, PYTHONPATH: join(root, page, '../scripts') };
  const { stdout } = await promisify(execFile)(python, [file], { cwd: dirname(file), env });
  return stdout.split('\n').filter(Boolean);
}
