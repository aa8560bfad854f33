/** A folder for the files of a test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A new folder.
 *
 * @param {(remove: () => Promise<void>) => void} whenDone Takes what removes the folder: `onTestFinished`, or `afterAll`
 *   for a folder of the whole file.
 * @returns Its path.
 */
export async function temporaryFolder(whenDone = onTestFinished) {
  const folder = await mkdtemp(join(tmpdir(), 'bn-'));
  whenDone(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
