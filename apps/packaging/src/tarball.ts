/** Unpacks tarballs with tar, which Linux, macOS and Windows have. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Unpacks into a new folder, and gives the paths of the files there, relative to it. */
export function unpack(tarball: string, destination: string): string[] {
  mkdirSync(destination, { recursive: true });
  const args = ['-xzf', tarball, '-C', destination, '--strip-components=1'];
  const { status, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tar could not unpack ${tarball}: ${stderr}`);
  return readdirSync(destination, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(destination, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}
