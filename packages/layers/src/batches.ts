/** Data that comes in batches. */
import { OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';

/** A dataset of tf.data, as far as it is needed here. */
interface Dataset {
  forEachAsync: unknown;
  iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }>;
}

/** One batch, an iterable of batches, or a dataset of tf.data. */
export type Batches<Batch> = tf.Tensor | tf.TensorLike | Iterable<Batch> | AsyncIterable<Batch> | Dataset;

const isDataset = (data: unknown): data is Dataset =>
  typeof data === 'object' && data !== null && 'forEachAsync' in data && 'iterator' in data;

const isBatches = (data: object): data is Iterable<unknown> | AsyncIterable<unknown> =>
  Symbol.asyncIterator in data || Symbol.iterator in data;

/** Numbers, in lists however deep. */
export const isArray = (data: unknown): data is tf.TensorLike =>
  ArrayBuffer.isView(data) || (Array.isArray(data) && (typeof data[0] === 'number' || isArray(data[0])));

/**
 * Batches of a dataset are disposed of when the next one is asked for.
 *
 * @param what takes the data, for errors.
 */
export async function* batchesOf(what: string, data: unknown): AsyncGenerator<unknown> {
  if (data instanceof tf.Tensor || isArray(data)) {
    yield data;
  } else if (isDataset(data)) {
    const iterator = await data.iterator();
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      try {
        yield next.value;
      } finally {
        tf.dispose(next.value as tf.TensorContainer);
      }
    }
  } else if (typeof data === 'object' && data !== null && isBatches(data)) {
    yield* data as AsyncIterable<unknown>;
  } else {
    throw new OptionError(
      `${what} takes a tensor, an array, batches of them or a dataset of tf.data, got ${typeof data}`,
    );
  }
}
