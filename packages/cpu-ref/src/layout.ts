/**
 * How the kernels reach the values of a tensor, and the statistic of an element. Every kernel walks x in memory order, with
 * one loop for each of [batch, outer, channels, inner]; a row is the `inner` elements that share the other three indices.
 */

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
 * Where the mean and variance of an element stand: those of sample n and channel c have the index
 * `n * perSample + groupOf[c]`.
 */
export function statisticIndex({ channels, groups, acrossBatch }: NormalizationView) {
  const channelsPerGroup = channels / groups;
  const groupOf = new Int32Array(channels);
  for (let c = 0; c < channels; c++) groupOf[c] = Math.floor(c / channelsPerGroup);
  return { groupOf, perSample: acrossBatch ? 0 : groups };
}

/** rstd = 1 / sqrt(variance + epsilon), for each statistic. */
export function reciprocalDeviations(variance: Float32Array, epsilon: number): Float64Array {
  const rstd = new Float64Array(variance.length);
  for (let s = 0; s < rstd.length; s++) rstd[s] = 1 / Math.sqrt(variance[s]! + epsilon);
  return rstd;
}
