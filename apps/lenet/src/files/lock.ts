/**
 * One process at a time in a folder. The lock is a file with the number of its process and the name of its machine, so
 * that the lock of a process that was killed is known as such at once, and not only after it has grown old.
 */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { messageOf, OptionError, StorageError } from '../errors.js';

export const lockName = 'lock';
/** A lock without an owner is one that is about to be written, or whose process was killed just then. */
const longestWriteMilliseconds = 5000;

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly start?: string | undefined;
}

/**
 * Takes the folder; the promised function gives it back.
 *
 * @throws OptionError where another process has it, StorageError where the folder cannot be written.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockName);
  const owner: Owner = { pid: process.pid, host: hostname(), start: await startOf(process.pid) };
  for (;;) {
    try {
      await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        await removeEmpty(path);
        throw new StorageError(`cannot write to ${folder}: ${messageOf(error)}`, { cause: error });
      }
    }
    await refuseLiving(folder, path);
    await rm(path, { force: true });
  }
}

async function refuseLiving(folder: string, path: string): Promise<void> {
  const owner = await readOwner(path);
  const living = owner === undefined ? await isRecent(path) : await isAlive(owner);
  if (!living) return;
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  throw new OptionError(
    `${folder} is in use by ${who}: wait until it is done, or, where that is no process of this trainer any more, ` +
      `remove ${path}`,
  );
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const { pid, host, start } = JSON.parse(await readFile(path, 'utf8')) as Partial<Owner>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, start } : undefined;
  } catch {
    return undefined;
  }
}

/** Processes of other machines cannot be asked, and count as alive. */
async function isAlive({ pid, host, start }: Owner): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return start === (await startOf(pid));
}

/**
 * When the process started, in ticks since the machine did: numbers of processes are used again. Nothing where it has ended
 * and only waits for its parent to take note, and on systems that do not say.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the program's name, which may hold anything: state, then numbers; the start is the file's 22nd field.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

const isRecent = (path: string): Promise<boolean> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < longestWriteMilliseconds,
    () => false,
  );

/** On a full disk the file is made, but its contents do not fit. */
async function removeEmpty(path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (status?.size === 0) await rm(path, { force: true });
}
