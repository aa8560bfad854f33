/** Reads safetensors files: whole ones from memory, or array by array from a source that may be larger than any memory. */
import { SafetensorsError } from '../errors.js';
import type { ArrayDescription, NamedArray, SafetensorsContents } from './arrays.js';
import { decode } from './dtypes.js';
import { type HeaderEntry, headerLength, lengthBytes, parseHeader } from './header.js';

/** Where the bytes of a file come from, if they are not in memory; for example a `FileHandle`, or requests with `Range`. */
export interface ByteSource {
  /** Bytes of the whole file. */
  readonly size: number;
  /** Exactly the bytes from `begin` up to `end`, that one not included. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** A file whose header has been read and checked, and whose arrays are read when they are asked for. */
export interface SafetensorsFile {
  /** Type and shape of each array, by name, in the order of the header. */
  readonly descriptions: ReadonlyMap<string, ArrayDescription>;
  /** Text under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one array; no other part of the file is read.
   *
   * @throws SafetensorsError if the file has no array of that name, or has become shorter.
   */
  read(name: string): Promise<NamedArray>;
}

/**
 * Parses a file that is in memory; the arrays are copies.
 *
 * @throws SafetensorsError for a truncated file, a header that is no header, and data that overlap, leave holes or do not
 * fit their shape; DtypeError for a valid file with another type of numbers, for example F8_E4M3.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsContents {
  const dataStart = lengthBytes + headerLength(bytes, bytes.length);
  const { entries, metadata } = parseHeader(bytes.subarray(lengthBytes, dataStart), bytes.length);
  const arrays = [...entries].map(([name, entry]) => [
    name,
    arrayOf(name, entry, bytes.subarray(entry.begin, entry.end)),
  ]);
  return { arrays: Object.fromEntries(arrays), metadata };
}

/**
 * Opens a file of any size. Only its header is read, at most 100 MB; `read` then reads one array each time.
 *
 * @param source A Blob, such as the `File` of a page, or what reads a range of bytes. (Node 20's `openAsBlob` miscounts files of 4 GB
 *   or more, which are then refused.)
 * @throws as `readSafetensors`.
 */
export async function openSafetensors(source: Blob | ByteSource): Promise<SafetensorsFile> {
  const { size, read } = source instanceof Blob ? ofBlob(source) : checkedSource(source);
  const length = headerLength(await read(0, Math.min(lengthBytes, size)), size);
  const { entries, metadata } = parseHeader(await read(lengthBytes, lengthBytes + length), size);
  return {
    descriptions: new Map([...entries].map(([name, { dtype, shape }]) => [name, { dtype, shape }])),
    metadata,
    async read(name) {
      const entry = entries.get(name);
      if (entry === undefined)
        throw new SafetensorsError(`'${name}': expected an array of the file, it has none of that name`);
      return arrayOf(name, entry, await read(entry.begin, entry.end));
    },
  };
}

const ofBlob = (blob: Blob): ByteSource => ({
  size: blob.size,
  read: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer()),
});

/** Trusts no source to give as many bytes as it was asked for. */
const checkedSource = (source: ByteSource): ByteSource => ({
  size: source.size,
  async read(begin, end) {
    const bytes = await source.read(begin, end);
    if (bytes.length !== end - begin) {
      throw new SafetensorsError(
        `expected ${end - begin} bytes from byte ${begin} on of the source, got ${bytes.length}`,
      );
    }
    return bytes;
  },
});

function arrayOf(name: string, { dtype, shape }: HeaderEntry, bytes: Uint8Array): NamedArray {
  const data = decode(dtype, bytes);
  if (dtype === 'BOOL') {
    const other = (data as Uint8Array).find((value) => value > 1);
    if (other !== undefined) throw new SafetensorsError(`'${name}': expected 0 or 1 in a BOOL, got ${other}`);
  }
  return { dtype, shape, data } as NamedArray;
}
