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

/**
 * Reads an uncompressed IDX file of unsigned bytes.
 *
 * @param bytes the whole file; the result's data is a view on it
 * @param dimensions the wanted number of dimensions: 3 for images, 1 for labels
 * @throws DatasetError where the magic number, or the length for the sizes that the header names, is wrong.
 */
export function parseIdx(bytes: Uint8Array, dimensions: number): IdxArray {
  const headerLength = 4 + 4 * dimensions;
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
  const wantedLength = headerLength + shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== wantedLength) {
    const got = bytes.length;
    const sizes = shape.join('x');
    throw new DatasetError(
      `expected ${wantedLength} bytes for ${sizes} elements, got ${got}` +
        (got < wantedLength ? ' (the file is truncated)' : ''),
      { code: 'LENET_IDX_LENGTH', details: { wanted: wantedLength, shape: sizes, got } },
    );
  }
  return { shape, data: bytes.subarray(headerLength) };
}

const hexadecimal = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
