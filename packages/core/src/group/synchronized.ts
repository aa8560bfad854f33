/**
 * Batch normalization in training over the batches of all members of a group ("SyncBatchNorm"): one round trip forward, for the
 * moments, and one backward.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { KernelAttributes } from '../dispatch/names.js';
import { offTape } from '../dispatch/tape.js';
import { weightsOf } from '../statistics/mask.js';
import { averages, differentiableOnce, givenOf, throughMoments } from './groupGradients.js';
import { type GroupMoments, groupMoments, type Shard } from './groupMoments.js';
import { groupNormalize } from './groupNormalize.js';
import type { Reducer } from './reducer.js';
import { assertReadable, float32 } from './values.js';

type Maybe = tf.Tensor | undefined;

/**
 * [y, mean, variance, count] of checked arguments, for use in tidy: what the running statistics take, the count per channel if
 * a mask left something out. Mean and variance carry gradients if they are `differentiable`, with a separate round trip.
 *
 * @throws as `groupMoments`; BackendError if the current tfjs backend cannot be read without waiting.
 */
export function runSynchronized(
  x: tf.Tensor,
  gamma: Maybe,
  beta: Maybe,
  { view, epsilon }: KernelAttributes,
  mask: Maybe,
  reducer: Reducer,
  differentiable = false,
): [y: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, count: number | tf.Tensor] {
  assertReadable();
  const weights = mask && x.size > 0 ? offTape(() => weightsOf(mask, x, view)) : undefined;
  const shard = { x, weights, view };
  const { elements, ...moments } = offTape(() => groupMoments(shard, reducer));
  const y = groupNormalize(shard, moments, gamma, beta, epsilon, reducer);
  const { mean, variance, counts } = moments;
  const statistics = differentiable ? ofX(shard, moments, reducer) : ([mean, variance] as const);
  return [y, ...statistics, counts.every((count) => count === elements) ? elements : float32(counts)];
}

/** [mean, variance] as functions of x: dx = w * (dMean + dVariance * 2 (x - mean)) / count, of what reaches them on all members. */
function ofX({ x, weights, view }: Shard, moments: GroupMoments, reducer: Reducer): [tf.Tensor, tf.Tensor] {
  const { mean, variance, counts } = moments;
  const statistics = tf.customGrad((input, saveFunction) => {
    const save = saveFunction as tf.GradSaveFunc;
    const value = tf.stack([mean, variance]);
    save(givenOf([input as tf.Tensor, mean, weights]));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      differentiableOnce([dy, ...saved], () => {
        const [savedX, center, savedWeights] = saved;
        const [dMean, dVariance] = tf.unstack(dy);
        const [offset, halfSlope] = averages(dMean!, dVariance!, counts, reducer).map(float32);
        if (x.size === 0) return [tf.zerosLike(savedX!)];
        const slope = tf.mul(halfSlope!, 2);
        const zeros = tf.zerosLike(center!);
        return [throughMoments(savedX!, center!, zeros, offset!, slope, savedWeights, { view, epsilon: 1 })];
      });
    return { value, gradFunc };
  });
  return tf.unstack(statistics(x)) as [tf.Tensor, tf.Tensor];
}
