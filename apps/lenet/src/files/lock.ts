/**
 * One process at a time in a folder. The lock is a file that names its owner, so that the lock of a process that was killed is
 * known as such at once, and not only after it has grown old.
 *
 * A lock whose owner is dead is taken over under a lock of its own, a claim, whose name is made of that very lock's contents.
 * Only who holds the claim may replace the lock, and only while the contents are these. A process that has looked late thus
 * never removes the lock of a rival that was faster. proper-lockfile removes whatever lies there by then.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, OptionError, StorageError } from '../errors.js';
import { longestFile } from './longestFile.js';
import { describeOwner, isHeld, ownerHere } from './owner.js';
import { readText } from './readAtMost.js';
import { partialSuffix, writeFileWhole } from './writeFile.js';

export const lockName = 'lock';
/** From one look at a rival's claim to the next. A claim is held for a few file operations. */
const pauseMilliseconds = 5;
/** A lock that nobody holds and that cannot be had for this long is none that this program has written. */
const patienceMilliseconds = 10_000;

/**
 * Takes the folder; the promised function gives it back.
 *
 * @throws OptionError if another process has it, StorageError if the folder cannot be written.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockName);
  const contents = JSON.stringify({ ...(await ownerHere()), id: randomUUID() });
  let holder: string | undefined;
  try {
    holder = await take(path, contents);
  } catch (error) {
    if (error instanceof OptionError) throw error;
    throw new StorageError(`cannot write to ${folder}: ${messageOf(error)}`, { cause: error });
  }
  if (holder === undefined) return () => giveBack(path, contents);
  throw new OptionError(
    `${folder} is in use by ${describeOwner(holder)}: wait until it is done, or, if that is not a process of this trainer ` +
      `any more, remove ${path}`,
  );
}

/** Waits until no living process has the folder, or so long. */
export async function waitUntilFree(folder: string, longestMilliseconds: number): Promise<void> {
  const path = join(folder, lockName);
  const deadline = performance.now() + longestMilliseconds;
  while (performance.now() < deadline) {
    const there = await read(path).catch(() => undefined);
    if (there === undefined || !(await isHeld(path, there))) return;
    await delay(pauseMilliseconds);
  }
}

/** Makes the lock its own if nobody holds it. @returns nothing, or the contents of the lock that a living process holds */
async function take(path: string, contents: string): Promise<string | undefined> {
  const deadline = performance.now() + patienceMilliseconds;
  while (performance.now() < deadline) {
    if (await placed(path, contents)) return undefined;
    const there = await read(path);
    if (there === undefined) continue;
    if (await isHeld(path, there)) return there;
    if (await takenOver(path, there, contents)) return undefined;
    await delay(pauseMilliseconds);
  }
  throw new OptionError(`${path} is a lock without an owner that cannot be taken over: remove it`);
}

/** Replaces the lock that holds `there`, whose owner is dead, unless a rival does. */
async function takenOver(path: string, there: string, contents: string): Promise<boolean> {
  const name = createHash('sha256').update(there).digest('hex').slice(0, 16);
  // With this ending, the owner of the folder removes what a process has left behind that was killed here.
  const claim = `${path}.${name}${partialSuffix}`;
  if ((await take(claim, contents)) !== undefined) return false;
  try {
    if ((await read(path)) !== there) return false;
    await writeFileWhole(path, contents);
    return true;
  } finally {
    await giveBack(claim, contents);
  }
}

/** Makes the file with all of its contents at once; false if there is something of that name. */
async function placed(path: string, contents: string): Promise<boolean> {
  const partial = `${path}.${randomUUID()}${partialSuffix}`;
  try {
    await writeFile(partial, contents, { flag: 'wx' });
    await link(partial, path).catch((error: NodeJS.ErrnoException) => {
      if (['EEXIST', 'ENOENT'].includes(error.code!)) throw error;
      // A file system without links. The file is empty for a moment, which `isHeld` knows.
      return copyFile(partial, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    // The owner of the folder may have removed the partial file.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code!)) return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}

/** The contents of a lock; nothing if there is none. */
async function read(path: string): Promise<string | undefined> {
  try {
    const status = await lstat(path);
    if (status.isFile()) return await readText(path, longestFile.lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw new OptionError(`${path} is not a file, so not a lock of this trainer: remove it`);
}

/**
 * Removes the lock if it is the one that holds `contents`: if a person has removed that one, another process may have the
 * folder. One that cannot be removed, because the disk only reads by now, is out of date as soon as this process ends.
 */
async function giveBack(path: string, contents: string): Promise<void> {
  const there = await read(path).catch(() => undefined);
  if (there === contents) await rm(path, { force: true }).catch(() => undefined);
}
