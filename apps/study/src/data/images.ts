/** Images as the networks of the study see them: floats, channels last, standardized. */

/** Labelled images, one after the other. */
export interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** `count * height * width * channels` numbers. */
  readonly pixels: Float32Array;
  /** `count` classes, 0 to 9. */
  readonly labels: Uint8Array;
}

/** Images as a file holds them: bytes, channels last. */
export interface ByteImages extends Omit<ImageSet, 'pixels'> {
  readonly pixels: Uint8Array;
}

/** The first `count` images, or all if there are fewer. */
export function firstImages<Images extends ByteImages | ImageSet>(images: Images, count: number): Images {
  const kept = Math.min(count, images.count);
  const size = images.height * images.width * images.channels;
  const { pixels, labels } = images;
  return { ...images, count: kept, pixels: pixels.subarray(0, kept * size), labels: labels.subarray(0, kept) };
}

/** Images of half the height and width, in [0, 1]: each pixel is the mean of four. Odd last rows and columns are left out. */
export function halved(images: ByteImages): ImageSet {
  const { count, channels } = images;
  const [height, width] = [images.height >> 1, images.width >> 1];
  const pixels = new Float32Array(count * height * width * channels);
  const row = images.width * channels;
  let target = 0;
  for (let image = 0; image < count; image++) {
    const start = image * images.height * row;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const corner = start + 2 * y * row + 2 * x * channels;
        for (let channel = 0; channel < channels; channel++) {
          const at = corner + channel;
          const sum =
            images.pixels[at]! +
            images.pixels[at + channels]! +
            images.pixels[at + row]! +
            images.pixels[at + row + channels]!;
          pixels[target++] = sum / (4 * 255);
        }
      }
    }
  }
  return { ...images, height, width, pixels };
}

/** Mean and deviation of each channel. */
export interface ChannelScale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Over all images and positions, in float64. */
export function channelScale({ pixels, channels }: ImageSet): ChannelScale {
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  const count = pixels.length / channels;
  for (let i = 0; i < pixels.length; i++) sums[i % channels]! += pixels[i]!;
  const mean = Array.from(sums, (sum) => sum / count);
  for (let i = 0; i < pixels.length; i++) squares[i % channels]! += (pixels[i]! - mean[i % channels]!) ** 2;
  return { mean, deviation: Array.from(squares, (sum) => Math.sqrt(sum / count)) };
}

/** (x - mean) / deviation of each channel; a channel that is constant becomes 0. */
export function standardized(images: ImageSet, { mean, deviation }: ChannelScale): ImageSet {
  const { channels } = images;
  const pixels = images.pixels.map((value, i) => {
    const channel = i % channels;
    return deviation[channel] === 0 ? 0 : (value - mean[channel]!) / deviation[channel]!;
  });
  return { ...images, pixels };
}
