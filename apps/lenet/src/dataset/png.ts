/** PNG files as the network sees images. */
import { PNG } from 'pngjs';
import { ImageError, messageOf } from '../errors.js';
import { imageSize } from './sizes.js';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * The grey levels of a PNG of 28x28 pixels of any kind: colors by their luminance (ITU-R BT.601, as Pillow's "L" has it),
 * what is transparent on black, as Fashion-MNIST's pictures are.
 *
 * @throws ImageError where it is no whole PNG or of another size.
 */
export function decodePng(bytes: Uint8Array): Uint8Array {
  const { width, height, data } = parse(bytes);
  if (width !== imageSize || height !== imageSize) {
    throw new ImageError(
      `expected a picture of ${imageSize}x${imageSize} pixels, got ${width}x${height}; resize it first`,
    );
  }
  return Uint8Array.from({ length: width * height }, (_, pixel) => {
    const [red, green, blue, alpha] = data.subarray(4 * pixel, 4 * pixel + 4) as unknown as Rgba;
    return Math.round(((0.299 * red + 0.587 * green + 0.114 * blue) * alpha) / 255);
  });
}

type Rgba = [number, number, number, number];

/** 8-bit red, green, blue and alpha, whatever the file has. */
function parse(bytes: Uint8Array): PNG {
  if (!signature.every((byte, index) => bytes[index] === byte)) {
    throw new ImageError('expected a PNG file, got something else; convert it first');
  }
  try {
    return PNG.sync.read(Buffer.from(bytes));
  } catch (error) {
    throw new ImageError(`expected a whole PNG file: ${messageOf(error)}`, { cause: error });
  }
}
