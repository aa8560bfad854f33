/** PNG files as the network sees images. */
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { ImageError, messageOf } from '../errors.js';
import { longestPngData, type PngHeader, readPngHeader } from './pngHeader.js';
import { imageSize } from './sizes.js';

/**
 * The grey levels of a PNG of 28x28 pixels of any kind: colors by their luminance (ITU-R BT.601, like Pillow's "L"),
 * what is transparent on black, like Fashion-MNIST's pictures. The size is looked at before anything is decompressed.
 *
 * @throws ImageError if it is not a valid PNG or has another size.
 */
export function decodePng(bytes: Uint8Array): Uint8Array {
  checkPixels(checkedHeader(bytes));
  const { width, height, data } = parse(bytes);
  return Uint8Array.from({ length: width * height }, (_, pixel) => {
    const [red, green, blue, alpha] = data.subarray(4 * pixel, 4 * pixel + 4) as unknown as Rgba;
    return Math.round(((0.299 * red + 0.587 * green + 0.114 * blue) * alpha) / 255);
  });
}

type Rgba = [number, number, number, number];

function checkedHeader(bytes: Uint8Array): PngHeader {
  const header = readPngHeader(bytes);
  if (header === undefined) {
    throw new ImageError('expected a PNG file, got something else; convert it first');
  }
  const { width, height, dataLength } = header;
  if (width !== imageSize || height !== imageSize) {
    throw new ImageError(
      `expected an image of ${imageSize}x${imageSize} pixels, got ${width}x${height}; resize it first`,
    );
  }
  if (dataLength === 0) throw new ImageError('expected a valid PNG file: it holds no pixels');
  if (dataLength > longestPngData) {
    throw new ImageError(
      `expected at most ${longestPngData} bytes of compressed pixels in an image of ${imageSize}x${imageSize}, ` +
        `got ${dataLength}; save it again`,
    );
  }
  return header;
}

/** pngjs takes pixels that are missing for black ones. */
function checkPixels(header: PngHeader): void {
  let pixels: Uint8Array;
  try {
    pixels = inflateSync(Buffer.concat(header.data));
  } catch (error) {
    throw new ImageError(`expected a valid PNG file: ${messageOf(error)}`, { cause: error });
  }
  const wanted = scanlineBytes(header);
  if (wanted !== undefined && pixels.length < wanted) {
    throw new ImageError(
      `expected a valid PNG file: ${wanted} bytes of uncompressed pixels, got ${pixels.length}`,
    );
  }
}

/** Bytes of all rows, each with one for its filter; undefined for a kind of color that there is not. */
function scanlineBytes({ width, height, pixelBits, interlaced }: PngHeader): number | undefined {
  if (pixelBits === undefined) return undefined;
  const bytes = (columns: number, rows: number) =>
    columns === 0 ? 0 : rows * (1 + Math.ceil((columns * pixelBits) / 8));
  if (!interlaced) return bytes(width, height);
  return passes.reduce(
    (sum, [x, y, stepX, stepY]) =>
      sum + bytes(Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)),
    0,
  );
}

/** Adam7: the first column and row of each pass, and the steps from one to the next. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** 8-bit red, green, blue and alpha, whatever the file has. */
function parse(bytes: Uint8Array): PNG {
  try {
    return PNG.sync.read(Buffer.from(bytes));
  } catch (error) {
    throw new ImageError(`expected a valid PNG file: ${messageOf(error)}`, { cause: error });
  }
}
