/** The packages that are published: every one under packages/ that does not say `"private": true`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedFolders } from '@bn/tooling/workspace';

export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What is read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly homepage: string;
  readonly repository: { readonly type: string; readonly url: string; readonly directory?: string };
  readonly bugs: string;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

export const publishedPackages: readonly PublishedPackage[] = publishedFolders().map((folder) => {
  const manifest = readManifest(folder);
  return { name: manifest.name, folder, manifest };
});

/** A package and the @bn packages that it depends on, directly or not: what an installation of it has to bring. */
export function withDependencies(name: string): string[] {
  const { manifest } = publishedPackages.find((candidate) => candidate.name === name)!;
  const own = Object.keys(manifest.dependencies ?? {}).filter((dependency) => dependency.startsWith('@bn/'));
  return [...new Set([name, ...own.flatMap(withDependencies)])];
}
