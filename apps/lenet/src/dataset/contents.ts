/** From the bytes of a .gz to checked contents, and what tells the contents of one data set from those of another. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DatasetError, messageOf } from '../errors.js';
import type { Dataset } from './images.js';

/**
 * Decompresses a .gz and compares its contents' SHA-256, where one is known.
 *
 * @throws DatasetError where the gzip stream is broken or truncated, or the checksum differs.
 */
export async function checkedContents(compressed: Uint8Array, checksum?: string): Promise<Uint8Array> {
  let contents: Uint8Array;
  try {
    contents = await promisify(gunzip)(compressed);
  } catch (error) {
    throw new DatasetError(
      `expected a gzip file, got ${compressed.length} bytes that do not decompress: ${messageOf(error)}`,
      { cause: error },
    );
  }
  if (checksum !== undefined) {
    const got = createHash('sha256').update(contents).digest('hex');
    if (got !== checksum) {
      throw new DatasetError(`expected contents with the SHA-256 ${checksum}, got ${got}`);
    }
  }
  return contents;
}

/** The SHA-256 of all pixels and labels, in the order of the files. */
export function contentsChecksum({ train, test }: Dataset): string {
  const hash = createHash('sha256');
  for (const { pixels, labels } of [train, test]) hash.update(pixels).update(labels);
  return hash.digest('hex');
}
