/** Makes the folder of a new run. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LenetError, messageOf, OptionError } from '../errors.js';
import { lockName } from '../files/lock.js';
import { isPartial } from '../files/writeFile.js';
import type { RunConfiguration } from './configuration.js';

/**
 * @param name its name; left out, the suggestion, with a number if that is taken
 * @throws OptionError if the name is taken or the folder cannot be made.
 */
export async function makeFolder(
  parent: string,
  name: string | undefined,
  suggestion: string,
): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const path = join(parent, name ?? (attempt === 1 ? suggestion : `${suggestion}-${attempt}`));
      if (await makeNew(path)) return path;
      if (name !== undefined) {
        if (await isUnused(path)) return path;
        throw new OptionError(
          `--run-name: ${path} exists already; choose another name, remove it, or resume it: --resume ${path}`,
        );
      }
    }
  } catch (error) {
    if (error instanceof LenetError) throw error;
    throw new OptionError(`--out: cannot write to ${parent}: ${messageOf(error)}; choose another folder`, {
      cause: error,
    });
  }
}

/** Makes a folder; false where there is something of that name. */
async function makeNew(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether a process was killed here before it had written its configuration. */
const isUnused = (path: string): Promise<boolean> =>
  readdir(path).then(
    (entries) => entries.every((entry) => entry === lockName || isPartial(entry)),
    () => false,
  );

/** For example batch-before-wasm-seed0-20260131-235959. */
export function suggestedName({ norm, placement, backend, seed }: RunConfiguration): string {
  const now = new Date();
  const digits = (values: readonly number[]) =>
    values.map((value) => String(value).padStart(2, '0')).join('');
  const day = digits([now.getFullYear(), now.getMonth() + 1, now.getDate()]);
  const time = digits([now.getHours(), now.getMinutes(), now.getSeconds()]);
  return `${norm}-${placement}-${backend}-seed${seed}-${day}-${time}`;
}
