/** What a PNG file says of itself before any of it is decompressed. https://www.w3.org/TR/png-3/#5Chunk-layout */

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a pixel; undefined for a kind of color that there is not. */
  readonly pixelBits: number | undefined;
  readonly interlaced: boolean;
  /** Compressed pixels, from all IDAT chunks together. */
  readonly data: readonly Uint8Array[];
  /** Bytes of these. */
  readonly dataLength: number;
}

/** A picture of the network's size has no more bytes than this: there is room for a color profile and a caption. */
export const longestPng = 2 ** 20;
/** 28x28 pixels of four 16-bit samples are 6,500 bytes before they are compressed. A byte of deflate is at most 1,032 pixels. */
export const longestPngData = 2 ** 14;

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Signature, then the chunk IHDR: its length, its type, width, height, five bytes more, a checksum. */
const headerLength = 33;
/** Samples of a pixel, by the kind of color: grey, RGB, palette, grey and alpha, RGB and alpha. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Length, type and checksum. */
const chunkOverhead = 12;

/** Reads the header; nothing if the bytes do not begin as a PNG does. A file that is cut short is left to the decoder. */
export function readPngHeader(bytes: Uint8Array): PngHeader | undefined {
  if (bytes.length < headerLength || !signature.every((byte, index) => bytes[index] === byte))
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (typeAt(bytes, 8) !== 'IHDR') return undefined;
  const data: Uint8Array[] = [];
  for (let offset = 8; offset + chunkOverhead <= bytes.length; ) {
    const length = view.getUint32(offset);
    if (typeAt(bytes, offset) === 'IDAT') data.push(bytes.subarray(offset + 8, offset + 8 + length));
    offset += chunkOverhead + length;
  }
  const [depth, color, interlace] = [bytes[24]!, bytes[25]!, bytes[28]!];
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    pixelBits: color in samples ? samples[color]! * depth : undefined,
    interlaced: interlace === 1,
    data,
    dataLength: data.reduce((length, part) => length + part.length, 0),
  };
}

const typeAt = (bytes: Uint8Array, chunk: number): string =>
  String.fromCharCode(...bytes.subarray(chunk + 4, chunk + 8));
