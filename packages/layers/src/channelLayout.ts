/** How core takes an x whose channels are on any axis. */
import type { DataFormat } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';

/** The shape and data format in which core takes an x whose channels are on this axis. */
export function channelLayout(shape: number[], axis: number): { shape: number[]; dataFormat: DataFormat } {
  if (shape.length <= 5 && axis > 0) {
    if (axis === shape.length - 1) return { shape, dataFormat: 'channelsLast' };
    if (axis === 1) return { shape, dataFormat: 'channelsFirst' };
  }
  const before = tf.util.sizeFromShape(shape.slice(0, axis));
  const after = tf.util.sizeFromShape(shape.slice(axis + 1));
  return { shape: [before, shape[axis]!, after], dataFormat: 'channelsFirst' };
}
