/** How the kernels walk x and reach its values: the one loop that all formulas are written against. */

import type { NormalizationView } from '@bn/core';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

const backend = () => tf.engine().backend as MathBackendCPU;

/** The values of a tensor, on whichever tfjs backend they were until now. */
export function valuesOf(info: tf.TensorInfo): Float32Array {
  return backend().data.get(info.dataId).values as Float32Array;
}

export function tensorOf(values: Float32Array, shape: readonly number[]): tf.TensorInfo {
  return backend().makeTensorInfo([...shape], 'float32', values);
}

/**
 * Visits x row by row: a row is the `inner` contiguous elements from `start` to `end` (exclusive) that share sample, outer
 * position and channel. `statistic` is the index of their mean and variance.
 */
export function forEachRow(
  { batch, outer, channels, inner, groups, acrossBatch }: NormalizationView,
  visit: (start: number, end: number, channel: number, statistic: number) => void,
): void {
  const channelsPerGroup = channels / groups;
  let start = 0;
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < channels; c++) {
        const group = Math.floor(c / channelsPerGroup);
        visit(start, start + inner, c, acrossBatch ? group : n * groups + group);
        start += inner;
      }
    }
  }
}
