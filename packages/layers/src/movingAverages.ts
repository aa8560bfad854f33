import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/**
 * Moves statistics towards those of a batch: moving = momentum * moving + (1 - momentum) * batch.
 *
 * @param isSeen 1 for the channels that have values in the batch; 0 for others, whose statistics stay as they are. Default all.
 */
export function movesBy(
  momentum: number,
  isSeen: tf.Tensor | undefined,
): (moving: tfl.LayerVariable, batch: tf.Tensor) => void {
  const [keep, take] =
    isSeen === undefined
      ? [momentum, 1 - momentum]
      : [tf.add(tf.mul(isSeen, momentum), tf.sub(1, isSeen)), tf.mul(isSeen, 1 - momentum)];
  return (moving, batch) => moving.write(tf.add(tf.mul(moving.read(), keep), tf.mul(batch, take)));
}
