/**
 * tfjs-converter drops `is_training` of a graph model's batch normalization. One that normalizes with the statistics of its batch
 * therefore hands tfjs's FusedBatchNorm an empty mean and variance, of which every backend makes NaN. Nothing tells the kernel where
 * the channels are either (`data_format`), so that it is refused rather than computed.
 */
import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors.js';

/** @throws ShapeError for a FusedBatchNorm of something by nothing. */
export function refuseEmptyStatistics(kernelName: string, inputs: tf.NamedTensorMap): void {
  if (kernelName !== tf.FusedBatchNorm) return;
  const { x, mean, variance } = inputs as Record<'x' | 'mean' | 'variance', tf.Tensor>;
  if (x.size === 0 || (mean.size > 0 && variance.size > 0)) return;
  throw new ShapeError(
    'tf.batchNorm: mean and variance are empty. For a graph model with is_training: true, import { registerGraphOps } from ' +
      "'@bn/core/graph' and call registerGraphOps(tf) before it is loaded",
  );
}
