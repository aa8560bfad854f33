/**
 * The IDX format of MNIST and its successors: big-endian, two zero bytes, the element type (0x08 is unsigned byte), the
 * number of dimensions, one 32-bit size per dimension, then the elements with the last dimension fastest.
 * http://yann.lecun.com/exdb/mnist/
 */
import { DatasetError } from '../errors.js';

/** An array of unsigned bytes and its sizes. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const unsignedByte = 0x08;

/** What an IDX file says of itself. */
export interface IdxHeader {
  readonly shape: readonly number[];
  /** Bytes of the header. */
  readonly headerLength: number;
  /** Bytes of the whole file. */
  readonly length: number;
}

/** Bytes of a header with as many sizes. */
export const idxHeaderLength = (dimensions: number): number => 4 + 4 * dimensions;

/**
 * Reads the header of an uncompressed IDX file of unsigned bytes.
 *
 * @param bytes the file's beginning
 * @param dimensions the wanted number of dimensions: 3 for images, 1 for labels
 * @throws DatasetError if the header is incomplete or of another kind.
 */
export function parseIdxHeader(bytes: Uint8Array, dimensions: number): IdxHeader {
  const headerLength = idxHeaderLength(dimensions);
  if (bytes.length < headerLength) {
    throw new DatasetError(`expected an IDX header of ${headerLength} bytes, got a file of ${bytes.length}`, {
      code: 'LENET_IDX_HEADER',
      details: { wanted: headerLength, got: bytes.length },
    });
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  const magic = header.getUint32(0);
  const wantedMagic = (unsignedByte << 8) | dimensions;
  if (magic !== wantedMagic) {
    const [wanted, got] = [hexadecimal(wantedMagic), hexadecimal(magic)];
    throw new DatasetError(
      `expected the IDX magic number ${wanted} (unsigned bytes, ${dimensions} dimension` +
        `${dimensions === 1 ? '' : 's'}), got ${got}`,
      { code: 'LENET_IDX_MAGIC', details: { wanted, dimensions, got } },
    );
  }
  const shape = Array.from({ length: dimensions }, (_, axis) => header.getUint32(4 + 4 * axis));
  return { shape, headerLength, length: headerLength + shape.reduce((product, size) => product * size, 1) };
}

/**
 * Reads an uncompressed IDX file of unsigned bytes.
 *
 * @param bytes the whole file; the result's data is a view on it
 * @param dimensions the wanted number of dimensions: 3 for images, 1 for labels
 * @throws DatasetError if the magic number, or the length for the sizes that the header names, is wrong.
 */
export function parseIdx(bytes: Uint8Array, dimensions: number): IdxArray {
  const header = parseIdxHeader(bytes, dimensions);
  if (bytes.length !== header.length) throw idxLengthError(header, bytes.length);
  return { shape: header.shape, data: bytes.subarray(header.headerLength) };
}

/** @param got bytes that there are, or at least that many if the file was not read to its end */
export function idxLengthError({ shape, length }: IdxHeader, got: number): DatasetError {
  const sizes = shape.join('x');
  return new DatasetError(
    `expected ${length} bytes for ${sizes} elements, got ${got}` +
      (got < length ? ' (the file is truncated)' : ''),
    { code: 'LENET_IDX_LENGTH', details: { wanted: length, shape: sizes, got } },
  );
}

const hexadecimal = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
