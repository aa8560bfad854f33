/** Replaces a file whole or not at all, whatever happens meanwhile. */
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, StorageError } from '../errors.js';

/** What a file's name ends with while it is being written. */
export const partialSuffix = '.partial';

/**
 * Writes beside the file, then renames. Node's own `writeFile` writes on until all is written: on a disk that is nearly
 * full a single write stores a part and reports no error, which is what packages for this purpose overlook. A rename would
 * take the place of a device too: of `/dev/stdout`, say.
 *
 * @throws StorageError that names the file and the cause; what was there before is intact.
 */
export async function writeFileWhole(path: string, contents: string | Uint8Array): Promise<void> {
  const partial = `${path}.${randomUUID()}${partialSuffix}`;
  try {
    await refuseOther(path);
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new StorageError(`cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws Error if there is something of the name that is no file. */
async function refuseOther(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || there.isFile()) return;
  throw new Error(`expected a file, got a ${there.isDirectory() ? 'folder' : 'device or pipe'}`);
}

/** Whether a file is one that a killed process has left half-written. */
export const isPartial = (name: string): boolean => name.endsWith(partialSuffix);

/** Removes such files; for the one process that writes in the folder. */
export async function removePartialFiles(folder: string): Promise<void> {
  const entries = await readdir(folder);
  await Promise.all(entries.filter(isPartial).map((entry) => rm(join(folder, entry), { force: true })));
}
