/**
 * y[batch, outer, indices..., inner] = x[batch, outer, index, inner]: the gradient of an element is the sum over all places
 * that it was copied to, composed of UnsortedSegmentSum.
 *
 * tfjs's own knows one batch axis at most, and goes through it image by image.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { GatherV2GradAttributes } from '../kernels/GatherV2Grad.js';

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

export function summedGatherGradient(
  dy: tf.Tensor,
  indices: tf.Tensor,
  { inputShape, axis, batchDims }: GatherV2GradAttributes,
): tf.Tensor {
  const batch = size(inputShape.slice(0, batchDims));
  const outer = size(inputShape.slice(batchDims, axis));
  const length = inputShape[axis]!;
  const inner = size(inputShape.slice(axis + 1));
  const picked = indices.size / batch;

  /** Every batch has separate segments. */
  const segments = () => {
    const rows = tf.reshape(indices, [batch, picked]);
    const starts = () =>
      tf.reshape(tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(length, 'int32')), [batch, 1]);
    return tf.reshape(batch > 1 ? tf.add(rows, starts()) : rows, [batch * picked]) as tf.Tensor1D;
  };
  const rows = tf.reshape(dy, [batch, outer, picked, inner]);
  const byPick = outer > 1 ? tf.transpose(rows, [0, 2, 1, 3]) : rows;
  const sums = tf.unsortedSegmentSum(
    tf.reshape(byPick, [batch * picked, outer * inner]),
    segments(),
    batch * length,
  );
  const bySegment = tf.reshape(sums, [batch, length, outer, inner]);
  return tf.reshape(outer > 1 ? tf.transpose(bySegment, [0, 2, 1, 3]) : bySegment, [...inputShape]);
}
