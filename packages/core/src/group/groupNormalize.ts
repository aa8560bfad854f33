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
import { given, runGradientSums, runInputGradient, runNormalize } from '../dispatch/calls.js';
import { groupNormalizeName } from '../dispatch/names.js';
import { isRecording, offTape, record, save } from '../dispatch/tape.js';
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
  const attributes = { view, epsilon };
  const normalize = () =>
    x.size === 0 ? tf.clone(x) : runNormalize(x, mean, variance, gamma, beta, attributes);
  if (!isRecording()) return normalize();
  return offTape(() => {
    const y = normalize();
    const savedShard = { x: save(x), weights: weights && save(weights), view };
    // Made for this call: no copies. The tape disposes of them.
    const savedMoments = { mean: tf.keep(mean), variance: tf.keep(variance), counts };
    const savedGamma = gamma && save(gamma);
    const saved = givenOf([
      savedShard.x,
      savedMoments.mean,
      savedMoments.variance,
      savedShard.weights,
      savedGamma,
    ]);
    const gradient = (dy: tf.Tensor) => {
      const [dx, dGamma, dBeta] = differentiableOnce([dy, ...saved], () =>
        gradients(dy, savedShard, savedMoments, savedGamma, epsilon, reducer),
      );
      return { x: () => dx!, gamma: () => dGamma!, beta: () => dBeta! };
    };
    const inputs = given({ x, gamma, beta });
    record({ kernelName: groupNormalizeName, inputs, outputs: [y], saved, attributes, gradient });
    return y;
  });
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
