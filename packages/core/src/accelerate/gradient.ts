/** The gradient of FusedBatchNorm, which tfjs keeps once for all backends, in the place of tfjs's own. */
import * as tf from '@tensorflow/tfjs-core';
import { normalizeGradient } from '../dispatch/gradients.js';
import { planOf } from './plan.js';

let original: tf.GradConfig | undefined;
let replacement: tf.GradConfig | undefined;

/** Registers our gradient, unless it is there already. It leaves backends that are not accelerated to tfjs's. */
export function ensureGradient(isAccelerated: (backendName: string) => boolean): void {
  const current = tf.getGradient(tf.FusedBatchNorm);
  if (current !== undefined && current === replacement) return;
  original = current;
  replacement = {
    kernelName: tf.FusedBatchNorm,
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (dy, saved, attributes) =>
      (isAccelerated(tf.getBackend()) && gradients(dy as tf.Tensor, saved, attributes)) ||
      originalGradients(dy, saved, attributes),
  };
  tf.registerGradient(replacement);
}

/** Gives the gradient back to tfjs. */
export function restoreGradient(): void {
  if (replacement === undefined || tf.getGradient(tf.FusedBatchNorm) !== replacement) return;
  tf.unregisterGradient(tf.FusedBatchNorm);
  if (original !== undefined) tf.registerGradient(original);
  original = undefined;
  replacement = undefined;
}

const originalGradients: tf.GradFunc = (...args) => {
  if (original === undefined) {
    throw new Error("The gradients of TensorFlow.js are missing: import '@tensorflow/tfjs'");
  }
  return original.gradFunc(...args);
};

/** Exact in all five inputs; undefined for what the kernels do not express. */
function gradients(dy: tf.Tensor, saved: tf.Tensor[], attributes: tf.NamedAttrMap) {
  const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
  const plan = planOf(x, [mean, variance, scale]);
  if (plan === undefined) return undefined;
  const { view, shape } = plan;
  const channels = (tensor: tf.Tensor) => tf.reshape(tensor, [view.channels]);
  const ofChannels = normalizeGradient(
    tf.reshape(dy, shape),
    {
      x: tf.reshape(x, shape),
      mean: channels(mean),
      variance: channels(variance),
      ...(scale && { gamma: channels(scale) }),
    },
    { view, epsilon: attributes.varianceEpsilon as number },
  );
  const like = (tensor: tf.Tensor, gradient: () => tf.Tensor) => () => tf.reshape(gradient(), tensor.shape);
  return {
    x: like(x, ofChannels.x),
    mean: like(mean, ofChannels.mean),
    variance: like(mean, ofChannels.variance),
    scale: like(mean, ofChannels.gamma),
    offset: like(mean, ofChannels.beta),
  };
}
