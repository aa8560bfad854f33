/** Groups of processes in tests. */
import { spawnSync } from 'node:child_process';
import { mpirunCommand } from '@bn/mpi';
import type { Launcher } from '@bn/tooling/disks';
import { reasonOf, whyMissing } from '@bn/tooling/processes';

/** Why there are no groups on this machine, or undefined. The tests that need one are skipped then, and show this. */
export const missingMpi: string | undefined = whyMissing(() => mpirun(1));

/** What the title of tests that need a group ends with. */
export const reason = reasonOf(missingMpi);

/** mpirun that starts a program on so many processes, on this host or others. */
export function mpirun(processes: number, hosts: readonly string[] = []): Launcher {
  const { program, parameters } = mpirunCommand({ program: '', parameters: [] }, { processes, hosts });
  return { command: [program, ...parameters.slice(0, -1)] };
}

/** Process ids of the processes that `pid` has started, the first one first. */
export const childrenOf = (pid: number): number[] => numbersIn('pgrep', '-P', String(pid));

const numbersIn = (program: string, ...parameters: readonly string[]): number[] =>
  spawnSync(program, parameters, { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '')
    .map(Number)
    .sort((a, b) => a - b);

/** Process ids of all processes on whose command line `text` stands. */
export const processesWith = (text: string): number[] => numbersIn('pgrep', '-f', text);
