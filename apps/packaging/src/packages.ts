/** The packages that are published: every one under packages/ that does not say `"private": true`. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { workspaceFolders } from '@bn/tooling/setup';

export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What is read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

export const publishedPackages: readonly PublishedPackage[] = workspaceFolders()
  .filter((folder) => basename(dirname(folder)) === 'packages')
  .map((folder) => ({ folder, manifest: readManifest(folder) }))
  .filter(({ manifest }) => !manifest.private)
  .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }));

/** A package and the @bn packages that it depends on, directly or not: what an installation of it has to bring. */
export function withDependencies(name: string): string[] {
  const { manifest } = publishedPackages.find((candidate) => candidate.name === name)!;
  const own = Object.keys(manifest.dependencies ?? {}).filter((dependency) => dependency.startsWith('@bn/'));
  return [...new Set([name, ...own.flatMap(withDependencies)])];
}
