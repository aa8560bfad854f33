/**
 * y of a shard with the moments of its group, and its gradients, with weights w of 1 if there is no mask:
 *
 *     y  = (x - mean) * rstd * gamma + beta
 *     dx = rstd * (gamma * dy - w * (sumDy + xhat * sumDyXhat) / count)
 *
 * sumDy and sumDyXhat are the sums over all members, added up between the kernels `gradientSums` and `inputGradient`: one round
 * trip for all channels. dGamma and dBeta are this member's part.
 *
 * Ioffe and Szegedy, "Batch Normalization" (2015), section 3, with the batch spread over the members.
 */
import * as tf from '@tensorflow/tfjs-core';
import { runGradientSums, runInputGradient, runNormalize } from '../dispatch/calls.js';
import { elementsPerStatistic } from '../view.js';
import { averages, differentiableOnce, givenOf, throughMoments } from './groupGradients.js';
import type { GroupMoments, Shard } from './groupMoments.js';
import type { Reducer } from './reducer.js';
import { float32 } from './values.js';

type Maybe = tf.Tensor | undefined;

/** Differentiable in x, gamma and beta, once. For use in tidy. */
export function groupNormalize(
  shard: Shard,
  moments: GroupMoments,
  gamma: Maybe,
  beta: Maybe,
  epsilon: number,
  reducer: Reducer,
): tf.Tensor {
  const { x, weights, view } = shard;
  const { mean, variance, counts } = moments;
  const normalize = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const value =
      x.size === 0 ? tf.clone(x) : runNormalize(x, mean, variance, gamma, beta, { view, epsilon });
    // Last: what is saved before an error stays.
    save(givenOf([x, mean, variance, weights, gamma]));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedX, savedMean, savedVariance, ...rest] = saved;
      const savedShard = { x: savedX!, weights: weights && rest.shift(), view };
      const savedMoments = { mean: savedMean!, variance: savedVariance!, counts };
      return differentiableOnce([dy, ...saved], () => {
        const [dx, dGamma, dBeta] = gradients(dy, savedShard, savedMoments, rest[0], epsilon, reducer);
        return givenOf([dx, gamma && dGamma, beta && dBeta]);
      });
    };
    return { value, gradFunc };
  });
  return normalize(...givenOf([x, gamma, beta]));
}

/** [dx, dGamma, dBeta]. An empty batch has no gradient, but the others wait for its sums. */
function gradients(
  dy: tf.Tensor,
  { x, weights, view }: Shard,
  { mean, variance, counts }: GroupMoments,
  gamma: Maybe,
  epsilon: number,
  reducer: Reducer,
): tf.Tensor[] {
  const attributes = { view, epsilon };
  const zeros = () => tf.zerosLike(mean);
  const isEmpty = x.size === 0;
  const [dGamma, dBeta, sumDy, sumDyXhat] = isEmpty
    ? [zeros(), zeros(), zeros(), zeros()]
    : runGradientSums(dy, x, mean, variance, gamma, attributes);
  const [meanDy, meanDyXhat] = averages(sumDy, sumDyXhat, counts, reducer);
  if (isEmpty) return [tf.clone(dy), dGamma, dBeta];
  const inputGradient = (ofDy: tf.Tensor, ofDyXhat: tf.Tensor) =>
    runInputGradient(dy, x, mean, variance, gamma, ofDy, ofDyXhat, attributes);
  if (weights === undefined) {
    // The kernel divides by the number of its own elements.
    const elements = elementsPerStatistic(view);
    const scaled = (average: Float64Array) => float32(average.map((value) => value * elements));
    return [inputGradient(scaled(meanDy), scaled(meanDyXhat)), dGamma, dBeta];
  }
  const minusRstd = tf.neg(tf.rsqrt(tf.add(variance, epsilon)));
  const [offset, slope] = [meanDy, meanDyXhat].map((average) => tf.mul(float32(average), minusRstd));
  const moved = throughMoments(x, mean, variance, offset!, slope!, weights, attributes);
  return [tf.add(inputGradient(zeros(), zeros()), moved), dGamma, dBeta];
}
