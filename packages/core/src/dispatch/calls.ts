/** Typed calls of the registered kernels on the current tfjs backend: views and tensors in, tensors out. */
import * as tf from '@tensorflow/tfjs-core';
import {
  type KernelAttributes,
  type KernelName,
  kernelNames,
  kernelVariant,
  movingAverageName,
  statisticsName,
} from './names.js';
import { currentBackend, ensureKernels } from './registry.js';
import { isRecording, offTape, record, save, share } from './tape.js';

type Maybe = tf.Tensor | undefined;

/** Runs one kernel on the current tfjs backend. Inputs may be undefined. */
function run<Outputs>(
  kernelName: KernelName,
  inputs: Record<string, Maybe>,
  attributes: KernelAttributes,
): Outputs {
  ensureKernels(currentBackend());
  // Only the tape minds inputs that are undefined.
  const tensors = isRecording() ? given(inputs) : (inputs as tf.NamedTensorMap);
  const name = kernelVariant(kernelName, inputs.gamma !== undefined);
  return tf.engine().runKernel(name, tensors, attributes as unknown as tf.NamedAttrMap) as Outputs;
}

/** Without those that are left out. */
export function given(inputs: Record<string, Maybe>): tf.NamedTensorMap {
  const tensors: tf.NamedTensorMap = {};
  for (const name in inputs) {
    if (inputs[name] !== undefined) tensors[name] = inputs[name];
  }
  return tensors;
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

/**
 * [y, mean, variance], of which only y carries gradients. While the tape records, it holds mean and variance, and disposes of them;
 * else they are the caller's. So it is for use in tidy, where that makes no difference.
 */
export function runForward(
  x: tf.Tensor,
  gamma: Maybe,
  beta: Maybe,
  attributes: KernelAttributes,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const inputs = { x, gamma, beta };
  const forward = (): [tf.Tensor, tf.Tensor, tf.Tensor] => run(kernelNames.forward, inputs, attributes);
  if (!isRecording()) return forward();
  return offTape(() => {
    const outputs = forward();
    const [y, mean, variance] = outputs;
    // In the order of the registered gradient.
    const saved = gamma ? [save(x), save(gamma)] : [save(x)];
    saved.push(tf.keep(mean), tf.keep(variance));
    const kernelName = kernelVariant(kernelNames.forward, gamma !== undefined);
    record({ kernelName, inputs: given(inputs), outputs: [y], saved, attributes });
    return outputs;
  });
}

/** y of `runForward`, alone. */
export function runForwardAlone(
  x: tf.Tensor,
  gamma: Maybe,
  beta: Maybe,
  attributes: KernelAttributes,
): tf.Tensor {
  const [y, mean, variance] = runForward(x, gamma, beta, attributes);
  if (!isRecording()) {
    mean.dispose();
    variance.dispose();
  }
  return y;
}

/**
 * The mean and variance of `runForward` as functions of x to the tape, and the caller's: themselves, or while the tape records
 * others that share their data.
 */
export function runStatistics(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  attributes: KernelAttributes,
): [tf.Tensor, tf.Tensor] {
  if (!isRecording()) return [mean, variance];
  return offTape(() => {
    const outputs: [tf.Tensor, tf.Tensor] = [share(mean), share(variance)];
    record({ kernelName: statisticsName, inputs: { x }, outputs, saved: [save(x)], attributes });
    return outputs;
  });
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
