/** Which programs are measured: a run that goes on must be of the same ones. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const digits = 16;

/** A hash of all that is built of packages and apps, and of the peer in Python. */
export async function currentBuild(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of await builtFiles()) hash.update(relative(root, path)).update(await readFile(path));
  return hash.digest('hex').slice(0, digits);
}

async function builtFiles(): Promise<string[]> {
  const scripts = ['torch_peer.py', 'torch_cases.py', 'torch_timing.py'];
  const files = scripts.map((name) => join(root, 'apps/bench/scripts', name));
  const packages = [...(await foldersIn('packages')), 'apps/backends', 'apps/bench', 'apps/lenet'];
  for (const folder of packages) files.push(...(await scriptsIn(join(root, folder, 'dist'))));
  return files.sort();
}

const foldersIn = async (folder: string): Promise<string[]> =>
  (await readdir(join(root, folder))).map((name) => join(folder, name));

/** None if there is no such folder: not all packages are built for the benchmark. */
async function scriptsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
