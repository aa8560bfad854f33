/** Groups of processes in tests. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { mpirunCommand } from '@bn/mpi';
import type { Launcher } from '@bn/tooling/disks';

/** Why there are no groups on this machine, or undefined. The tests that need one are skipped then, and show this. */
export const missingMpi: string | undefined = whyMissing();

/** What the title of tests that need a group ends with. */
export const reason = missingMpi === undefined ? '' : ` (skipped: ${missingMpi})`;

function whyMissing(): string | undefined {
  try {
    mpirunCommand({ program: 'node', parameters: [] }, { processes: 1 });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

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

/** Those that still live some seconds later: mpirun may have ended before all that it has killed. */
export async function survivors(pids: readonly number[]): Promise<number[]> {
  for (let tries = 0; pids.some(lives) && tries < 100; tries++) await sleep(100);
  return pids.filter(lives);
}

const lives = (pid: number): boolean => spawnSync('kill', ['-0', String(pid)]).status === 0;
