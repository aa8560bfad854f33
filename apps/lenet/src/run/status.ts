/** What rank 0 of a group that `--processes` has started tells the process that has started it: by files in a folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The environment variable with the path of the folder. */
export const statusVariable = 'BN_LENET_STATUS';

/** The exit code, once the group has ended in order; and the path of the folder of a run or comparison, once there is one. */
type Told = 'exitCode' | 'folder';

let isFirst = false;

/** Whether `--processes` has started this process. */
export const isStartedByTrainer = (): boolean => Boolean(process.env[statusVariable]);

/** To be called by rank 0: it lives as long as the process that has started it, and is interrupted when that one ends. */
export function liveWithLauncher(): void {
  isFirst = true;
  process.stdin.on('end', () => process.kill(process.pid, 'SIGINT'));
  process.stdin.on('error', () => {});
  process.stdin.resume();
  // Reading alone keeps no process alive.
  process.stdin.unref();
}

/** Tells where the run or comparison is, which the launcher looks at if the group does not end in order. */
export const tellFolder = (path: string): void => tell('folder', path);

/** Tells the exit code, and ends with 0: mpirun would explain any other at length, although the group has ended in order. */
export function handExitCodeOver(): void {
  if (!isStartedByTrainer()) return;
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
