/** Typed calls of the registered kernels on the current tfjs backend: views and tensors in, tensors out. */
import * as tf from '@tensorflow/tfjs-core';
import {
  type KernelAttributes,
  type KernelName,
  kernelNames,
  kernelVariant,
  movingAverageName,
} from './names.js';
import { currentBackend, ensureKernels } from './registry.js';

type Maybe = tf.Tensor | undefined;

/**
 * Runs one kernel on the current tfjs backend. Inputs that are undefined are left out.
 */
function run<Outputs>(
  kernelName: KernelName,
  inputs: Record<string, Maybe>,
  attributes: KernelAttributes,
): Outputs {
  ensureKernels(currentBackend());
  const given: tf.NamedTensorMap = {};
  for (const name in inputs) {
    if (inputs[name] !== undefined) given[name] = inputs[name];
  }
  return tf
    .engine()
    .runKernel(
      kernelVariant(kernelName, inputs.gamma !== undefined),
      given,
      attributes as unknown as tf.NamedAttrMap,
    ) as Outputs;
}

export function runMoments(x: tf.Tensor, attributes: KernelAttributes): [tf.Tensor, tf.Tensor] {
  return run(kernelNames.moments, { x }, attributes);
}

export function runNormalize(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: Maybe,
  beta: Maybe,
  attributes: KernelAttributes,
): tf.Tensor {
  return run(kernelNames.normalize, { x, mean, variance, gamma, beta }, attributes);
}

/** [mean, variance] as they are given, but as functions of x to the tape: the statistics of the forward kernel. */
export function runStatistics(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  attributes: KernelAttributes,
): [tf.Tensor, tf.Tensor] {
  return run(kernelNames.statistics, { x, mean, variance }, attributes);
}

/** [y, mean, variance], of which only y carries gradients. */
export function runForward(
  x: tf.Tensor,
  gamma: Maybe,
  beta: Maybe,
  attributes: KernelAttributes,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  return run(kernelNames.forward, { x, gamma, beta }, attributes);
}

/** [dGamma, dBeta, sumDy, sumDyXhat]. */
export function runGradientSums(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: Maybe,
  attributes: KernelAttributes,
): [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] {
  return run(kernelNames.gradientSums, { dy, x, mean, variance, gamma }, attributes);
}

export function runInputGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: Maybe,
  sumDy: tf.Tensor,
  sumDyXhat: tf.Tensor,
  attributes: KernelAttributes,
): tf.Tensor {
  return run(kernelNames.inputGradient, { dy, x, mean, variance, gamma, sumDy, sumDyXhat }, attributes);
}

/** [dx, dGamma, dBeta]. */
export function runBackward(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  gamma: Maybe,
  attributes: KernelAttributes,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  return run(kernelNames.backward, { dy, x, mean, variance, gamma }, attributes);
}

/** keep * average + weight * value; the current backend's own kernel, or tfjs's ops where it has none. */
export function runMovingAverage(
  average: tf.Tensor,
  value: tf.Tensor,
  keep: number,
  weight: number,
): tf.Tensor {
  if (tf.getKernel(movingAverageName, tf.getBackend()) === undefined) {
    return tf.add(tf.mul(average, keep), tf.mul(value, weight));
  }
  return tf.engine().runKernel(movingAverageName, { average, value }, { keep, weight }) as tf.Tensor;
}
