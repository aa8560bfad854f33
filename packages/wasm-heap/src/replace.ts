/** Puts a kernel in the place of tfjs's of the same name, and back. */
import * as tf from '@tensorflow/tfjs-core';
import { keepOriginal, takeOriginal } from './original.js';

/** What we registered, by kernel name: how a second call knows that there is nothing left to do. */
const registered = new Map<string, tf.KernelConfig>();

/** `onSetup` is called whenever the backend becomes the current one. */
export function replaceKernel(config: tf.KernelConfig, onSetup?: (backend: tf.KernelBackend) => void): void {
  const { kernelName, backendName } = config;
  const current = tf.getKernel(kernelName, backendName);
  // Whoever has taken the name since then may fall back on us: taking it again would go round in circles.
  if (current !== undefined && registered.has(kernelName)) return;
  if (current !== undefined) {
    keepOriginal(current);
    tf.unregisterKernel(kernelName, backendName);
  }
  // The original is still called in the cases left to it, and so has to be set up and disposed of like before.
  const replacement: tf.KernelConfig = {
    ...config,
    setupFunc: (backend) => {
      current?.setupFunc?.(backend);
      onSetup?.(backend as tf.KernelBackend);
    },
    disposeFunc: (backend) => current?.disposeFunc?.(backend),
  };
  tf.registerKernel(replacement);
  registered.set(kernelName, replacement);
}

/** Gives the name back to tfjs's kernel. Where another package has taken it since then, that one keeps it. */
export function restoreKernel({ kernelName, backendName }: tf.KernelConfig): void {
  const ours = registered.get(kernelName);
  if (ours === undefined || tf.getKernel(kernelName, backendName) !== ours) return;
  registered.delete(kernelName);
  tf.unregisterKernel(kernelName, backendName);
  const original = takeOriginal(kernelName);
  if (original !== undefined) tf.registerKernel(original);
}
