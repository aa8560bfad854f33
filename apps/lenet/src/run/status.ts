/** What rank 0 of a group that `train --processes` has started tells the process that has started it: by files in a folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The environment variable with the path of the folder. */
export const statusVariable = 'BN_LENET_STATUS';

/** The exit code, once the group has ended in order; and the path of the run's folder, once there is one. */
type Told = 'exitCode' | 'run';

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

/** Tells where the run is, which the launcher looks at if the group does not end in order. */
export const tellRun = (path: string): void => tell('run', path);

/** Tells the exit code, and ends with 0: mpirun would explain any other at length, although the group has ended in order. */
export function handExitCodeOver(): void {
  if (!isStartedByTrain()) return;
  tell('exitCode', String(process.exitCode ?? 0));
  process.exitCode = 0;
}

function tell(name: Told, text: string): void {
  if (isFirst) writeFileSync(join(process.env[statusVariable]!, name), text);
}

/** What was told in a folder; undefined if it was not. */
export function readTold(folder: string, name: Told): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return undefined;
  }
}
