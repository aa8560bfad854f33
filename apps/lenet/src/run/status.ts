/** How rank 0 of a group that `train --processes` has started gives its exit code to the process that has started it. */
import { writeFileSync } from 'node:fs';

/** The environment variable with the path of the file for the exit code. */
export const statusVariable = 'BN_LENET_STATUS';

let isFirst = false;

/** Whether `train --processes` has started this process. */
export const isStartedByTrain = (): boolean => Boolean(process.env[statusVariable]);

/** To be called by rank 0: it lives as long as the process that has started it, and is interrupted when that one ends. */
export function liveWithLauncher(): void {
  isFirst = true;
  process.stdin.on('end', () => process.kill(process.pid, 'SIGINT'));
  process.stdin.on('error', () => {});
  process.stdin.resume();
  // Reading alone keeps no process alive.
  process.stdin.unref();
}

/** Writes the exit code, and ends with 0: mpirun would explain any other at length, although the group has ended in order. */
export function handExitCodeOver(): void {
  if (!isStartedByTrain()) return;
  if (isFirst) writeFileSync(process.env[statusVariable]!, String(process.exitCode ?? 0));
  process.exitCode = 0;
}
