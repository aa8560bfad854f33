/**
 * tfjs's kernels of a convolution's gradients know no dilations; those of this package, on wasm, do. On other backends a dilated filter
 * becomes what it stands for: a larger one, with zeros between its weights.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Whether these dilations, if there are any, spread a filter. tf.layers says null if there are none. */
export function areDilated(dilations: number | readonly number[] | null | undefined): boolean {
  return (
    dilations !== undefined && dilations !== null && ![dilations].flat().every((dilation) => dilation === 1)
  );
}

/** @throws Error if the filter is dilated and the backend in use is not wasm. */
export function refuseDilations(operation: string, dilations: number | readonly number[] | undefined): void {
  tf.util.assert(
    !areDilated(dilations) || tf.getBackend() === 'wasm',
    () =>
      `Gradients of a dilated ${operation} (dilations ${dilations}) exist on the wasm backend only, not on ${tf.getBackend()}`,
  );
}

/** Whether the backend in use takes dilations in the gradients of images. */
export function takesDilations(): boolean {
  return tf.getBackend() === 'wasm';
}

type Filter = tf.Tensor4D;
type Pair = readonly [number, number];

function pairOf(dilations: number | readonly number[]): Pair {
  const [rows, columns = rows] = [dilations].flat() as [number, number?];
  return [rows, columns];
}

/** The shape of [height, width, ...] with zeros between. */
export function spreadShape(
  [height, width, ...channels]: readonly number[],
  dilations: number | readonly number[],
): number[] {
  const [rows, columns] = pairOf(dilations);
  return [(height! - 1) * rows + 1, (width! - 1) * columns + 1, ...channels];
}

/** Puts zeros between the elements of an axis; `shape` is [outer, length, inner]. */
function spreadAxis(
  x: tf.Tensor,
  [outer, length, inner]: readonly [number, number, number],
  rate: number,
): tf.Tensor {
  const padded = tf.pad(tf.reshape(x, [outer * length, 1, inner]), [
    [0, 0],
    [0, rate - 1],
    [0, 0],
  ]);
  return tf.slice(
    tf.reshape(padded, [outer, length * rate, inner]),
    [0, 0, 0],
    [outer, (length - 1) * rate + 1, inner],
  );
}

/** The filter with zeros between its weights. */
export function spreadFilter(filter: Filter, dilations: number | readonly number[]): Filter {
  const [height, width, c, o] = filter.shape;
  const [rows, columns] = pairOf(dilations);
  const tall = spreadAxis(filter, [1, height, width * c * o], rows);
  const wide = spreadAxis(tall, [(height - 1) * rows + 1, width, c * o], columns);
  return tf.reshape<tf.Rank.R4>(wide, spreadShape(filter.shape, dilations) as Filter['shape']);
}

/** Takes the elements of an axis that spreadAxis has put there out again. */
function gatherAxis(
  x: tf.Tensor,
  [outer, length, inner]: readonly [number, number, number],
  rate: number,
): tf.Tensor {
  const padded = tf.pad(tf.reshape(x, [outer, (length - 1) * rate + 1, inner]), [
    [0, 0],
    [0, rate - 1],
    [0, 0],
  ]);
  return tf.slice(tf.reshape(padded, [outer * length, rate, inner]), [0, 0, 0], [outer * length, 1, inner]);
}

/** The gradient of the weights, from that of a spread filter. */
export function gatherFilter(
  spread: Filter,
  shape: readonly number[],
  dilations: number | readonly number[],
): Filter {
  const [height, width, c, o] = shape as [number, number, number, number];
  const [rows, columns] = pairOf(dilations);
  const tall = gatherAxis(spread, [1, height, ((width - 1) * columns + 1) * c * o], rows);
  return tf.reshape<tf.Rank.R4>(gatherAxis(tall, [height, width, c * o], columns), [height, width, c, o]);
}
