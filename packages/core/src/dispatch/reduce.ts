/**
 * Sums and means that stay accurate on a backend that adds in float32, one element after the other: over blocks first, then over
 * the results of the blocks. The error of n elements is that of the longer block, about sqrt(n) if n has factors near that; a prime has
 * one block only.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Below this many elements blocks gain nothing. */
const fewestElements = 512;

type Reduction = typeof tf.sum | typeof tf.mean;

/** Two factors of a size, as near to each other as can be; the greater is last. A prime has 1 and itself. */
export function factors(size: number): [number, number] {
  let factor = Math.floor(Math.sqrt(size));
  while (size % factor !== 0) factor -= 1;
  return [factor, size / factor];
}

/** The sum or mean of values over axes, which they keep as 1. The last axes go first: what is left for the others is small. */
export function reduce(reduction: Reduction, values: tf.Tensor, axes: readonly number[]): tf.Tensor {
  let result = values;
  for (let to = values.rank; to > 0; to -= 1) {
    if (!axes.includes(to - 1)) continue;
    let from = to - 1;
    while (axes.includes(from - 1)) from -= 1;
    result = reduceNeighbours(reduction, result, from, to);
    to = from;
  }
  return result;
}

/**
 * Over the axes from `from` to before `to`. Where others come after them, what a block sums lies as far apart as can be, so that
 * the rank stays: a backend that sums them by a transposition is slower for a higher one.
 */
function reduceNeighbours(reduction: Reduction, values: tf.Tensor, from: number, to: number): tf.Tensor {
  const { shape } = values;
  const [before, summed, after] = [shape.slice(0, from), shape.slice(from, to), shape.slice(to)];
  const [few, many] = factors(tf.util.sizeFromShape(summed));
  if (few * many < fewestElements || few === 1) {
    return reduction(
      values,
      summed.map((_, i) => from + i),
      true,
    );
  }
  const isLast = after.length === 0;
  const inBlocks = isLast ? [few, many] : [few, many * tf.util.sizeFromShape(after)];
  const ofBlocks = reduction(tf.reshape(values, [...before, ...inBlocks]), isLast ? from + 1 : from);
  const rest = isLast ? ofBlocks : tf.reshape(ofBlocks, [...before, many, ...after]);
  return tf.reshape(reduction(rest, from), [...before, ...summed.map(() => 1), ...after]);
}
