/** An empty project somewhere else, into which npm installs one package from its tarball, as the package's README says. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import type { Packed } from '../src/pack.js';
import { type PublishedPackage, withDependencies } from '../src/packages.js';
import { type Program, programFor } from './program.js';

export interface Project extends Program {
  readonly folder: string;
}

/**
 * Makes and fills the project, beside the tarballs: `program.ts`, and `program.js`, which is the same without its types.
 *
 * @param packed Packed packages by name: they stand in for the registry's.
 */
export async function createProject(
  published: PublishedPackage,
  { folder: parent, tarballs }: Packed,
): Promise<Project> {
  const { name, folder: source } = published;
  const program = programFor(published);
  const [, , ...asked] = installLineOf(source).split(/ +/);
  const folder = join(parent, `project-${name.slice('@bn/'.length)}`);
  await mkdir(folder);
  const { code } = await transform(program.code, { loader: 'ts', target: 'es2022', format: 'esm' });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await writeFile(join(folder, 'program.ts'), program.code);
  await writeFile(join(folder, 'program.js'), code);
  const packages = new Set(asked.flatMap((word) => (tarballs.has(word) ? withDependencies(word) : [word])));
  const args = [...packages].map((word) => tarballs.get(word) ?? word);
  await npmInstall(folder, args);
  return { ...program, folder };
}

function installLineOf(folder: string): string {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const line = /^\s*(npm install @bn\/[^#\n]*)/m.exec(readme)?.[1]?.trim();
  if (!line) throw new Error(`${folder}/README.md has no line 'npm install @bn/...' to follow`);
  return line;
}

async function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const windows = process.platform === 'win32';
  await promisify(execFile)('npm', ['install', ...flags, ...packages], { cwd: folder, shell: windows });
}

/** Where copies of a package are in the project, nested ones included. */
export function copiesOf(name: string, folder: string): string[] {
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) return [];
  const own = existsSync(join(modules, name)) ? [join(modules, name)] : [];
  const packages = readdirSync(modules).flatMap((entry) =>
    entry.startsWith('@') ? readdirSync(join(modules, entry)).map((inner) => join(entry, inner)) : [entry],
  );
  return [...own, ...packages.flatMap((entry) => copiesOf(name, join(modules, entry)))];
}
