/** Runs programs in groups of processes. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, mpirunCommand } from '../src/index.js';
import { loadMpi } from '../src/library/load.js';

/** Why there are no groups on this machine, or undefined. The tests that need one are skipped then, and show this. */
export const missingMpi: string | undefined = await whyMissing();

/** What a title of tests that need a group ends with. */
export const reason = missingMpi === undefined ? '' : ` (skipped: ${missingMpi})`;

async function whyMissing(): Promise<string | undefined> {
  try {
    mpirunCommand({ program: 'node', parameters: [] }, { processes: 1 });
    await loadMpi('openmpi');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export interface Result {
  readonly exitCode: number | null;
  /** What each member wrote by `tell`, in the order of the ranks. */
  readonly members: Record<string, unknown>[];
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs test/programs/<name> on `processes` processes, to its end. */
export function runGroup(processes: number, name: string, ...parameters: string[]): Promise<Result> {
  const script = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const command = { program: process.execPath, parameters: [script, ...parameters] };
  return run(mpirunCommand(command, { processes }));
}

/** mpirun mixes what members print, even within a line: each writes a file. */
function run({ program, parameters }: Command): Promise<Result> {
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'bn-mpi-'));
  const child = spawn(program, parameters, {
    env: { ...process.env, BN_TOLD: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      const files = readdirSync(folder).sort();
      const members = files.map(
        (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result['members'][0],
      );
      rmSync(folder, { recursive: true });
      resolve({ exitCode, members, stderr, seconds: (performance.now() - start) / 1000 });
    });
  });
}

/** Whether a process is there. */
export const lives = (pid: number): boolean => spawnSync('kill', ['-0', String(pid)]).status === 0;
