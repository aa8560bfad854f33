/** Data that comes in batches. */
import { OptionError, ShapeError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { withEqualRows } from './rowsOfDatasets.js';

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

/** A list of numbers in memory; those of BigInt are not numbers. */
export const isTyped = (values: unknown): values is Float64Array =>
  ArrayBuffer.isView(values) &&
  !(values instanceof DataView) &&
  typeof (values as Float64Array)[0] !== 'bigint';

/** The kinds that tfjs takes as they are. */
const typedOfTfjs = [Float32Array, Int32Array, Uint8Array, Uint8ClampedArray];

/** Lists of numbers in the kinds that tfjs takes. */
const taken = (values: tf.TensorLike): tf.TensorLike =>
  typedOfTfjs.some((kind) => values instanceof kind) ? values : rowsTaken(values);

/** Rows of one kind: tfjs makes all rows integers if the first one is. */
function rowsTaken(values: tf.TensorLike): tf.TensorLike {
  if (isTyped(values)) return Float32Array.from(values);
  const isList = Array.isArray(values) && typeof values[0] !== 'number';
  return isList ? ((values as tf.TensorLike[]).map(rowsTaken) as tf.TensorLike) : values;
}

/** The shape of lists whose rows have one length and end in numbers; undefined for others. */
export function shapeOf(values: unknown): number[] | undefined {
  if (typeof values === 'number') return [];
  if (isTyped(values)) return [values.length];
  if (!Array.isArray(values)) return undefined;
  if (values.every((value) => typeof value === 'number')) return [values.length];
  const shapes = values.map(shapeOf);
  const [first] = shapes;
  const isRegular = shapes.every((shape) => shape !== undefined && `${shape}` === `${first}`);
  return isRegular ? [values.length, ...first!] : undefined;
}

/**
 * A tensor of lists of numbers. tfjs does not look at the lengths of rows, and takes what is missing from the next one.
 *
 * @throws ShapeError for rows of different lengths, and for what is no number.
 */
export function tensorOf(what: string, values: tf.TensorLike): tf.Tensor {
  const shape = shapeOf(values);
  if (shape !== undefined) return tf.tensor(taken(values), shape);
  throw new ShapeError(
    `${what}: an array must have rows of one length and hold numbers only; make a tensor of each batch if they differ in size or have ` +
      'labels',
  );
}

/**
 * Batches of a dataset are disposed of when the next one is asked for.
 *
 * @param what takes the data, for errors.
 * @throws ShapeError for a dataset whose rows have different lengths.
 */
export async function* batchesOf(what: string, data: unknown): AsyncGenerator<unknown> {
  if (data instanceof tf.Tensor || isArray(data)) {
    yield data;
  } else if (isDataset(data)) {
    const iterator = await data.iterator();
    const ask = () => withEqualRows(what, () => iterator.next());
    for (let next = await ask(); !next.done; next = await ask()) {
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
