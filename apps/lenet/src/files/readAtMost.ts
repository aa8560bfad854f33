/** Reads files that strangers may have written: none is read on after it is longer than any that is right. */
import { createReadStream } from 'node:fs';

/** @throws RangeError if the file is longer than `limit` bytes, of which no more than these are read. */
export async function readAtMost(path: string, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // The last byte that is wanted is the one too many.
  for await (const chunk of createReadStream(path, { end: limit })) {
    chunks.push(chunk);
    length += chunk.length;
  }
  if (length > limit) throw new RangeError(`expected a file of at most ${limit} bytes, got a longer one`);
  return Buffer.concat(chunks);
}

/** The same of a file of text. */
export const readText = async (path: string, limit: number): Promise<string> =>
  (await readAtMost(path, limit)).toString('utf8');
