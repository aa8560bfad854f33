/** Disks that are full, or only read, for tests: file systems in memory if the process may mount them, else limits. */
import { execFileSync } from 'node:child_process';
import { chmod, readdir, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** @type {import('./disks.mjs').Launcher} */
export const direct = { command: [] };
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** Mounts a file system of some megabytes on a folder until the test ends; says whether that is permitted. */
export function mountDisk(folder, megabytes = 1) {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync('umount', [folder]));
  return true;
}

/** Fills the disk but for some kilobytes; else limits files to twice as many. The filler is `filler` in the folder. */
export async function almostFull(folder, isDisk, kilobytes) {
  if (!isDisk) return { command: ['sh', '-c', `ulimit -f ${2 * kilobytes}; exec "$@"`, 'sh'] };
  const { bavail, bsize } = await statfs(folder);
  await writeFile(join(folder, 'filler'), new Uint8Array(bavail * bsize - 1024 * kilobytes));
  return direct;
}

/** Makes a folder that only reads: by its file system, else by its permissions, which do not bind root. */
export async function readOnly(folder, isDisk) {
  if (isDisk) {
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    return direct;
  }
  await chmod(folder, 0o555);
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o555);
  return isRoot ? { command: [], uid: NOBODY } : direct;
}
