/** Typed calls of the registered kernels on the current tfjs backend: views and tensors in, tensors out. */
import * as tf from '@tensorflow/tfjs-core';
import { assertKernels, type KernelAttributes, kernelNames, kernelVariant } from './registry.js';

type Maybe = tf.Tensor | undefined;

/**
 * Runs one kernel on the current tfjs backend. Inputs that are undefined are left out.
 */
function run<Outputs>(
  kernelName: string,
  inputs: Record<string, Maybe>,
  attributes: KernelAttributes,
): Outputs {
  assertKernels(tf.getBackend());
  const given: tf.NamedTensorMap = {};
  for (const [name, tensor] of Object.entries(inputs)) {
    if (tensor !== undefined) given[name] = tensor;
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
