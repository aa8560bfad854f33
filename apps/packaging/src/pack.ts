/** Packs the published packages into a temporary folder. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packInto } from '@bn/tooling/pack';

/** A temporary folder with the tarball of each package. */
export interface Packed {
  readonly folder: string;
  readonly tarballs: ReadonlyMap<string, string>;
}

/** Whoever asks for it removes the folder. */
export function packAll(): Packed {
  const folder = mkdtempSync(join(tmpdir(), 'bn-packed-'));
  return { folder, tarballs: packInto(folder) };
}
