/**
 * npm run pack [-- folder]: builds the packages and packs them into tarballs, in the folder `packed` if none is named. Another
 * project installs these, as long as the packages are not on the npm registry.
 */
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, pnpm, turbo } from './setup.mjs';
import { manifestOf, publishedFolders, root } from './workspace.mjs';

/**
 * Packs the published packages, which are built, by the pinned pnpm: it writes real versions in place of `workspace:` and
 * `catalog:`.
 *
 * @param {string} folder Where to put the tarballs; it is there.
 * @returns {Map<string, string>} The path of each package's tarball.
 */
export function packInto(folder) {
  const filters = publishedFolders().flatMap((source) => ['--filter', manifestOf(source).name]);
  const args = ['--recursive', ...filters, 'pack', '--json', '--pack-destination', folder];
  const { status, stdout, stderr } = pnpm(args, { quiet: true });
  if (status !== 0) throw new Error(`pnpm pack failed:\n${stdout}${stderr}`);
  const packed = [JSON.parse(stdout)].flat();
  return new Map(packed.map(({ name, filename }) => [name, filename]));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const named = process.argv[2];
  const folder = named ? resolve(process.env.INIT_CWD ?? '.', named) : join(root, 'packed');
  makeFolder(folder);
  install();
  if (!turbo(['build', '--filter=./packages/*'], { quiet: true })) process.exit(1);
  // The tarballs of older versions are not left beside the new ones in a folder that is this command's alone.
  if (!named) rmSync(folder, { recursive: true, force: true });
  makeFolder(folder);
  for (const tarball of packInto(folder).values()) console.log(tarball);
}

function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    console.error(`error: cannot make the folder ${folder}: ${error.message}`);
    process.exit(2);
  }
}
