/** Labelled images, and batches of them as tensors. */
import * as tf from '@tensorflow/tfjs';
import { classCount, imageSize, pixelsPerImage } from './sizes.js';

export { classCount, imageSize, pixelsPerImage };

/** Grey images of 28x28 bytes, one after the other, and the class of each. */
export interface LabelledImages {
  readonly count: number;
  /** `count * 784` bytes, 0 to 255. */
  readonly pixels: Uint8Array;
  /** `count` classes, 0 to 9. */
  readonly labels: Uint8Array;
}

/** What one run works on. */
export interface Dataset {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** From `start` to `end`, without `end`. */
export interface Shard {
  readonly start: number;
  readonly end: number;
}

/** Images `[N, 28, 28, 1]` in [0, 1] and their classes `[N]`, int32: a batch, or the shard of it that this process takes. */
export interface Batch {
  /** Images in the whole batch. */
  readonly count: number;
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
}

/** Bytes to [0, 1], as PyTorch's ToTensor has it: a look-up is cheaper than a division per pixel. */
const brightness = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * Gathers batches from images. The arrays behind the tensors are reused: dispose a batch before gathering the next.
 */
export class BatchGatherer {
  readonly #images: Float32Array;
  readonly #labels: Int32Array;

  /** @param batchSize the largest number of images in a batch */
  constructor(
    private readonly source: LabelledImages,
    private readonly batchSize: number,
  ) {
    this.#images = new Float32Array(batchSize * pixelsPerImage);
    this.#labels = new Int32Array(batchSize);
  }

  /**
   * The images that `order` names from `start` on: a batch, or what is left of the order.
   *
   * @param shardOf which of so many images to take; left out, all
   */
  gather(order: Uint32Array, start: number, shardOf: (count: number) => Shard = all): Batch {
    const count = Math.min(this.batchSize, order.length - start);
    const shard = shardOf(count);
    const own = shard.end - shard.start;
    const { pixels, labels } = this.source;
    for (let row = 0; row < own; row++) {
      const index = order[start + shard.start + row]!;
      scale(pixels, index * pixelsPerImage, this.#images, row * pixelsPerImage);
      this.#labels[row] = labels[index]!;
    }
    return {
      count,
      images: tf.tensor4d(this.#images.subarray(0, own * pixelsPerImage), [own, imageSize, imageSize, 1]),
      labels: tf.tensor1d(this.#labels.subarray(0, own), 'int32'),
    };
  }
}

const all = (count: number): Shard => ({ start: 0, end: count });

/** Writes the brightness of one image. */
function scale(bytes: Uint8Array, from: number, floats: Float32Array, to: number): void {
  // A name of the module would be read anew for each pixel: a batch of 256 took 0.45 ms so, and takes 0.34.
  const count = pixelsPerImage;
  const table = brightness;
  for (let pixel = 0; pixel < count; pixel++) floats[to + pixel] = table[bytes[from + pixel]!]!;
}

/** The images in their own order. */
export const inOrder = (source: LabelledImages): Uint32Array =>
  Uint32Array.from({ length: source.count }, (_, index) => index);
