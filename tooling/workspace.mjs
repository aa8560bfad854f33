/** The packages and apps of this repository, found by their folders. Uses nothing but Node itself. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The folders of all packages and apps. */
export function workspaceFolders() {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .map((name) => join(root, group, name))
      .filter((folder) => existsSync(join(folder, 'package.json'))),
  );
}

/** The folders of the packages that are published: every one under packages/ that does not say `"private": true`. */
export const publishedFolders = () =>
  workspaceFolders()
    .filter((folder) => basename(dirname(folder)) === 'packages')
    .filter((folder) => !manifestOf(folder).private);

/** They use every published package. pnpm links, and turbo builds before them, only what their manifests name. */
const usersOfEveryPackage = ['apps/docs', 'apps/packaging'];

/**
 * Names every published package in the devDependencies of the apps that use all of them, so that nobody has to.
 *
 * @returns {boolean} Whether a manifest has changed, so that the lockfile must change too.
 */
export function listPackages() {
  const published = publishedFolders().map((folder) => manifestOf(folder).name);
  const present = new Set(['@bn/tooling', ...workspaceFolders().map((folder) => manifestOf(folder).name)]);
  const changes = usersOfEveryPackage.map((app) => {
    const file = join(root, app, 'package.json');
    const written = readFileSync(file, 'utf8');
    const { devDependencies, ...manifest } = JSON.parse(written);
    const kept = Object.entries(devDependencies).filter(
      ([name]) => !name.startsWith('@bn/') || present.has(name),
    );
    const all = new Map([...kept, ...published.map((name) => [name, 'workspace:*'])]);
    const sorted = Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
    const text = `${JSON.stringify({ ...manifest, devDependencies: sorted }, null, 2)}\n`;
    if (text !== written) writeFileSync(file, text);
    return text !== written;
  });
  return changes.includes(true);
}
