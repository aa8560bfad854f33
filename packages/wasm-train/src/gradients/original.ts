/** tfjs's own gradients, kept from the moment ours took their names: for the backends that ours do not serve. */
import type * as tf from '@tensorflow/tfjs-core';

const originals = new Map<string, tf.GradConfig>();

export function keepOriginalGradient(gradient: tf.GradConfig): void {
  originals.set(gradient.kernelName, gradient);
}

export function takeOriginalGradient(kernelName: string): tf.GradConfig | undefined {
  const gradient = originals.get(kernelName);
  originals.delete(kernelName);
  return gradient;
}

/** What tfjs's gradient of this kernel gives. */
export function originalGradient(
  kernelName: string,
  ...args: Parameters<tf.GradFunc>
): ReturnType<tf.GradFunc> {
  const gradient = originals.get(kernelName);
  if (gradient === undefined) throw new Error(`tfjs has no gradient of ${kernelName}`);
  return gradient.gradFunc(...args);
}
