/** From the bytes of a .gz to checked contents, and what tells the contents of one data set from those of another. */
import { createHash } from 'node:crypto';
import { createGunzip } from 'node:zlib';
import { DatasetError, messageOf } from '../errors.js';
import type { Dataset } from './images.js';
import { readIdx } from './readIdx.js';

/** What a gzipped IDX file must hold. */
export interface WantedContents {
  readonly dimensions: number;
  /** Throws unless a file of these sizes is wanted. */
  checkShape(shape: readonly number[]): void;
  /** The SHA-256 of the uncompressed file, if it is known. */
  readonly checksum?: string | undefined;
}

/**
 * Decompresses a .gz, no further than the IDX header in it says, and compares its SHA-256.
 *
 * @returns the uncompressed file
 * @throws DatasetError if the gzip stream is broken, truncated or longer, it holds no such IDX file, or the checksum differs.
 */
export async function checkedContents(
  compressed: Uint8Array,
  { dimensions, checkShape, checksum }: WantedContents,
): Promise<Uint8Array> {
  const contents = await readIdx(decompressed(compressed), dimensions, checkShape);
  if (checksum !== undefined) {
    const got = createHash('sha256').update(contents).digest('hex');
    if (got !== checksum) {
      throw new DatasetError(`expected contents with the SHA-256 ${checksum}, got ${got}`);
    }
  }
  return contents;
}

async function* decompressed(compressed: Uint8Array): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  gunzip.end(compressed);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    throw new DatasetError(
      `expected a gzip file, got ${compressed.length} bytes that do not decompress: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The SHA-256 of all pixels and labels, in the order of the files. */
export function contentsChecksum({ train, test }: Dataset): string {
  const hash = createHash('sha256');
  for (const { pixels, labels } of [train, test]) hash.update(pixels).update(labels);
  return hash.digest('hex');
}
