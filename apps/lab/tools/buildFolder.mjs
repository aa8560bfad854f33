/** The folder that `--build` replaces as a whole. */
import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { messageOf, OptionError } from '@bn/lenet';

/** What a build leaves at its top. */
const built = ['assets', 'index.html'];

/**
 * Makes the folder if it is missing.
 *
 * @throws OptionError if the folder has files of others, which the build would remove, or cannot be written to.
 */
export async function prepareBuildFolder(folder) {
  const names = await entriesOf(folder);
  const foreign = names.find((name) => !built.includes(name));
  if (foreign === undefined && (names.length === 0 || names.includes('index.html'))) return;
  throw new OptionError(
    `--build replaces the folder as a whole: expected a new or empty one or an earlier build, got ${folder}, ` +
      `which holds '${foreign ?? names[0]}'`,
  );
}

async function entriesOf(folder) {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return await readdir(folder);
  } catch (error) {
    throw new OptionError(`--build: cannot write to ${folder}: ${messageOf(error)}; choose another folder`);
  }
}
