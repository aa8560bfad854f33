/** Packs the published packages with the pinned pnpm, which writes real versions in place of `workspace:` and `catalog:`. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pnpm } from '@bn/tooling/setup';
import { publishedPackages } from './packages.js';

/** A temporary folder with the tarball of each package. */
export interface Packed {
  readonly folder: string;
  readonly tarballs: ReadonlyMap<string, string>;
}

/** Whoever asks for it removes the folder. */
export function packAll(): Packed {
  const folder = mkdtempSync(join(tmpdir(), 'bn-packed-'));
  const filters = publishedPackages.flatMap(({ name }) => ['--filter', name]);
  const args = ['--recursive', ...filters, 'pack', '--json', '--pack-destination', folder];
  const { status, stdout, stderr } = pnpm(args, { quiet: true });
  if (status !== 0) throw new Error(`pnpm pack failed:\n${stdout}${stderr}`);
  const packed = [JSON.parse(stdout)].flat() as { name: string; filename: string }[];
  return { folder, tarballs: new Map(packed.map(({ name, filename }) => [name, filename])) };
}
