/** The mask that Keras gives to BatchNormalization, in the form that core's batchNorm takes. */
import { DtypeError, ShapeError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';

/** What counts towards the statistics of a batch. */
export interface Weights {
  /** As core's batchNorm takes it. */
  readonly mask: tf.Tensor;
  /** 1 for a channel of which anything counts, else 0: `[C]`, or one value for all channels. */
  readonly isSeen: tf.Tensor;
  /** The sum of the weights of a channel: `[C]`, or one value for all channels. */
  count(): tf.Tensor;
}

/**
 * Keras puts an axis of 1 behind the mask and broadcasts it to x. That gives a weight to each position if the channels come
 * last, and otherwise to each element.
 *
 * @param layer named in errors.
 * @param shape of x, whose channels are on `axis`.
 * @param viewShape in which core takes x.
 * @throws DtypeError for a mask that is no tensor of bools or numbers; ShapeError for one that does not broadcast to x.
 */
export function checkMask(
  layer: string,
  mask: tf.Tensor,
  shape: number[],
  axis: number,
  viewShape: number[],
): Weights {
  if (!(mask instanceof tf.Tensor) || !['bool', 'float32', 'int32'].includes(mask.dtype)) {
    const got = mask instanceof tf.Tensor ? mask.dtype : typeof mask;
    throw new DtypeError(`${layer}: mask must be a tensor of dtype bool or float32, got ${got}`);
  }
  const positions = shape.slice(0, -1);
  const fits = mask.shape.every((size, i) => size === positions[i] || (size === 1 && i < positions.length));
  if (mask.rank === 0 || !fits) {
    throw new ShapeError(
      `${layer}: mask must broadcast to x without its last axis, [${positions.join(', ')}], ` +
        `got [${mask.shape.join(', ')}] for x of shape [${shape.join(', ')}]`,
    );
  }
  if (axis === shape.length - 1 && viewShape.length === shape.length) {
    const isExact = mask.shape.every((size, i) => size === positions[i]);
    const weights = tf.cast(mask, 'float32');
    const repeats = tf.util.sizeFromShape(positions) / mask.size;
    return {
      mask: isExact ? weights : broadcast(weights, positions),
      isSeen: isAnyAbove0(weights),
      count: () => tf.mul(tf.sum(weights), repeats),
    };
  }
  const elements = broadcast(tf.cast(mask, 'float32'), shape);
  const others = [...shape.keys()].filter((i) => i !== axis);
  return {
    mask: tf.reshape(elements, viewShape),
    isSeen: isAnyAbove0(elements, others),
    count: () => tf.sum(elements, others),
  };
}

/** By a product with ones, which every backend has. */
const broadcast = (weights: tf.Tensor, shape: number[]): tf.Tensor =>
  tf.mul(tf.reshape(weights, [...weights.shape, ...shape.slice(weights.rank).map(() => 1)]), tf.ones(shape));

const isAnyAbove0 = (weights: tf.Tensor, axes?: number[]): tf.Tensor =>
  tf.cast(tf.any(tf.greater(weights, 0), axes), 'float32');
