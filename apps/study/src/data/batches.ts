/** Batches of images as tensors. */
import type { Random } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import type { ImageSet } from './images.js';

/** Images `[N, height, width, channels]` and classes `[N]`, int32. */
export interface Batch {
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
}

/** The images of these numbers; the caller disposes the batch. */
export function gather(source: ImageSet, numbers: ArrayLike<number>): Batch {
  const { height, width, channels } = source;
  const size = height * width * channels;
  const pixels = new Float32Array(numbers.length * size);
  const labels = new Int32Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row]!;
    pixels.set(source.pixels.subarray(number * size, (number + 1) * size), row * size);
    labels[row] = source.labels[number]!;
  }
  return {
    images: tf.tensor4d(pixels, [numbers.length, height, width, channels]),
    labels: tf.tensor1d(labels, 'int32'),
  };
}

/** The first `count` images as one batch. */
export const firstBatch = (source: ImageSet, count: number): Batch =>
  gather(source, Uint32Array.from({ length: Math.min(count, source.count) }, (_, number) => number));

export const disposeBatch = ({ images, labels }: Batch): void => tf.dispose([images, labels]);

/** Batches without end: each pass over the images takes them in a new order, and leaves out what fills no batch. */
export class Batches {
  #order: Uint32Array;
  #next = 0;

  constructor(
    private readonly source: ImageSet,
    private readonly batchSize: number,
    private readonly random: Random,
  ) {
    if (batchSize > source.count) {
      throw new RangeError(`a batch of ${batchSize} images was asked for, there are ${source.count}`);
    }
    this.#order = random.permutation(source.count);
  }

  /** The next batch; the caller disposes it. */
  next(): Batch {
    if (this.#next + this.batchSize > this.#order.length) {
      this.#order = this.random.permutation(this.source.count);
      this.#next = 0;
    }
    const numbers = this.#order.subarray(this.#next, this.#next + this.batchSize);
    this.#next += this.batchSize;
    return gather(this.source, numbers);
  }
}

/** All images in their order, in batches of at most `batchSize`; each batch is disposed after its turn. */
export function* inTurn(source: ImageSet, batchSize: number): Generator<Batch> {
  for (let start = 0; start < source.count; start += batchSize) {
    const count = Math.min(batchSize, source.count - start);
    const batch = gather(
      source,
      Uint32Array.from({ length: count }, (_, row) => start + row),
    );
    try {
      yield batch;
    } finally {
      disposeBatch(batch);
    }
  }
}
