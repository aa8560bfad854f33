/** Runs programs in groups of processes. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { reasonOf, whyMissing } from '@bn/tooling/processes';
import { type Command, mpirunCommand } from '../src/index.js';
import { loadMpi } from '../src/library/load.js';

/** Why there are no groups on this machine, or undefined. The tests that need one are skipped then, and show this. */
export const missingMpi: string | undefined =
  whyMissing(() => mpirunCommand({ program: 'node', parameters: [] }, { processes: 1 })) ??
  (await loadMpi('openmpi').then(
    () => undefined,
    ({ message }: Error) => message,
  ));

/** What a title of tests that need a group ends with. */
export const reason = reasonOf(missingMpi);

export interface Result {
  readonly exitCode: number | null;
  /** What each member wrote by `tell`, in the order of the ranks. */
  readonly members: Record<string, unknown>[];
  readonly stderr: string;
  readonly seconds: number;
}

/** What a member of programs/cases.mjs tells: the results by the names of the cases, and on rank 0 those without the group. */
export interface ResultOfCases {
  readonly rank: number;
  readonly host: string;
  readonly told: Readonly<Record<string, unknown>>;
  readonly whole: Readonly<Record<string, unknown>>;
}

/** The command that starts test/programs/<name> on `processes` processes. */
export function groupCommand(
  processes: number,
  name: string,
  parameters: readonly string[] = [],
  hosts: readonly string[] = [],
): Command {
  const script = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  return mpirunCommand(
    { program: process.execPath, parameters: [script, ...parameters] },
    { processes, hosts },
  );
}

/** Runs test/programs/<name> on `processes` processes, to its end. */
export const runGroup = (processes: number, name: string, ...parameters: string[]): Promise<Result> =>
  startGroup(groupCommand(processes, name, parameters)).ended;

/** What the members of a group of `size` processes tell of each of the cases, which all run in this group if none of them ends it. */
export interface RunOfCases {
  readonly together: Result;
  /** The results of the members on a case, and of rank 0 without the group; throws if the case has ended its group. */
  of(name: string): { readonly told: unknown[]; readonly whole: unknown };
}

/** Runs programs/cases.mjs. If a case ends the group, each has a group to itself, which shows the one that is to blame. */
export async function runCases(size: number, names: readonly string[]): Promise<RunOfCases> {
  const run = (...some: string[]) => runGroup(size, 'cases.mjs', String(size), ...some);
  const together = await run(...names);
  const results = new Map<string, Result>();
  for (const name of names) results.set(name, together.exitCode === 0 ? together : await run(name));
  return {
    together,
    of: (name) => {
      const { exitCode, stderr, members } = results.get(name)!;
      if (exitCode !== 0) throw new Error(`${name} has ended its group with ${exitCode}: ${stderr}`);
      const told = members as unknown as ResultOfCases[];
      return { told: told.map((member) => member.told[name]), whole: told[0]!.whole[name] };
    },
  };
}

/** Processes that run. */
export interface RunningGroup {
  /** Process id of mpirun. */
  readonly launcher: number;
  readonly ended: Promise<Result>;
  /** Returns when stderr has `pattern`, a global expression, `times` times; rejects if the group ends before. */
  printed(pattern: RegExp, times: number): Promise<void>;
}

/** mpirun mixes what members print, even within a line: each writes a file. */
export function startGroup(
  { program, parameters }: Command,
  env: Readonly<Record<string, string>> = {},
): RunningGroup {
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'bn-mpi-'));
  const child = spawn(program, parameters, {
    env: { ...process.env, ...env, BN_TOLD: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  const ended = new Promise<Result>((resolve, reject) => {
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
  const printed = async (pattern: RegExp, times: number) => {
    while ([...stderr.matchAll(pattern)].length < times) {
      if (child.exitCode !== null) throw new Error(`the group has ended: ${stderr}`);
      await setTimeout(20);
    }
  };
  return { launcher: child.pid!, ended, printed };
}

/** The processes whose numbers the members have written to stderr. */
export const pidsIn = (stderr: string): number[] =>
  [...stderr.matchAll(/^process (\d+)$/gm)].map(([, pid]) => Number(pid));
