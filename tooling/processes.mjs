/** Processes in tests: why there are none, and which are left. */
import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

/**
 * Why this machine lacks what `ask` asks for, a group of processes say: the message of the error that it throws; undefined if it
 * throws none. The tests that need it are skipped then, and show this.
 */
export function whyMissing(ask) {
  try {
    ask();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** What a title of tests ends with that are skipped if something is missing. */
export const reasonOf = (missing) => (missing === undefined ? '' : ` (skipped: ${missing})`);

/** Those of the processes that still live some seconds later: mpirun may have ended before all that it has killed. */
export async function survivors(pids) {
  for (let tries = 0; pids.some(lives) && tries < 100; tries++) await setTimeout(100);
  return pids.filter(lives);
}

const lives = (pid) => spawnSync('kill', ['-0', String(pid)]).status === 0;
