/**
 * Reads an IDX file as it comes, decompressed or from a disk: the header first, then no more than it says. Memory is taken
 * for what a data set can be, not for what the stream goes on to bring.
 */
import { idxHeaderLength, idxLengthError, parseIdxHeader } from './idx.js';

/**
 * @param chunks the uncompressed file; not read on after what is wrong with it is known
 * @param checkShape throws unless a file of these sizes is wanted, before memory is taken for them
 * @returns the whole file
 * @throws DatasetError if it is no IDX file, shorter or longer than its header says; and what `chunks` throws.
 */
export async function readIdx(
  chunks: AsyncIterable<Uint8Array>,
  dimensions: number,
  checkShape: (shape: readonly number[]) => void,
): Promise<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    let start = new Uint8Array();
    let next = await iterator.next();
    for (; !next.done && start.length < idxHeaderLength(dimensions); next = await iterator.next()) {
      start = joined(start, next.value);
    }
    const header = parseIdxHeader(start, dimensions);
    checkShape(header.shape);
    const contents = new Uint8Array(header.length);
    let length = 0;
    const append = (chunk: Uint8Array) => {
      if (length + chunk.length > contents.length) throw idxLengthError(header, length + chunk.length);
      contents.set(chunk, length);
      length += chunk.length;
    };
    append(start);
    for (; !next.done; next = await iterator.next()) append(next.value);
    if (length < contents.length) throw idxLengthError(header, length);
    return contents;
  } finally {
    await iterator.return?.();
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
