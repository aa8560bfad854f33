/** Puts the kernels and gradients in the place of tfjs's, and back. */
import * as tf from '@tensorflow/tfjs-core';
import {
  conv2DBackpropFilterGradient,
  conv2DBackpropInputGradient,
  conv2DGradient,
} from './gradients/Conv2D.js';
import { reluFirstGradient, reluSecondGradient } from './gradients/Relu.js';
import { sigmoidFirstGradient, sigmoidSecondGradient } from './gradients/Sigmoid.js';
import { addConfig } from './kernels/Add.js';
import { avgPoolConfig } from './kernels/AvgPool.js';
import { avgPoolGradConfig } from './kernels/AvgPoolGrad.js';
import { batchMatMulConfig } from './kernels/BatchMatMul.js';
import { castConfig } from './kernels/Cast.js';
import { conv2DConfig } from './kernels/Conv2D.js';
import { conv2DBackpropFilterConfig } from './kernels/Conv2DBackpropFilter.js';
import { conv2DBackpropInputConfig } from './kernels/Conv2DBackpropInput.js';
import { identityConfig } from './kernels/Identity.js';
import { maxPoolGradConfig } from './kernels/MaxPoolGrad.js';
import { reluGradConfig } from './kernels/ReluGrad.js';
import { sigmoidGradConfig } from './kernels/SigmoidGrad.js';
import { sumConfig } from './kernels/Sum.js';
import { keepOriginal, takeOriginal } from './original.js';

/** Every kernel of this package. */
export const trainingKernels: readonly tf.KernelConfig[] = [
  addConfig,
  avgPoolConfig,
  avgPoolGradConfig,
  batchMatMulConfig,
  castConfig,
  conv2DConfig,
  conv2DBackpropFilterConfig,
  conv2DBackpropInputConfig,
  identityConfig,
  maxPoolGradConfig,
  reluGradConfig,
  sigmoidGradConfig,
  sumConfig,
];

const gradients: readonly tf.GradConfig[] = [
  conv2DGradient,
  conv2DBackpropFilterGradient,
  conv2DBackpropInputGradient,
  reluFirstGradient,
  reluSecondGradient,
  sigmoidFirstGradient,
  sigmoidSecondGradient,
];

/** What we registered, by kernel name: how a second call knows that there is nothing left to do. */
const registered = new Map<string, tf.KernelConfig>();
/** tfjs's gradients, where it had one. */
const originalGradients = new Map<string, tf.GradConfig>();

function replaceKernel(config: tf.KernelConfig): void {
  const { kernelName, backendName } = config;
  const current = tf.getKernel(kernelName, backendName);
  // Whoever has taken the name since then may fall back on us: taking it again would go round in circles.
  if (current !== undefined && registered.has(kernelName)) return;
  if (current !== undefined) {
    keepOriginal(current);
    tf.unregisterKernel(kernelName, backendName);
  }
  // The original is still called in the cases left to it, and so has to be set up and disposed of like before. A
  // backend that starts is also the last moment to take the gradients' names: see registerGradients.
  const replacement: tf.KernelConfig = {
    ...config,
    setupFunc: (backend) => {
      current?.setupFunc?.(backend);
      registerGradients();
    },
    disposeFunc: (backend) => current?.disposeFunc?.(backend),
  };
  tf.registerKernel(replacement);
  registered.set(kernelName, replacement);
}

/**
 * Called on import and again whenever a wasm backend starts: an import of `@tensorflow/tfjs` that comes after this
 * package's registers all of tfjs's gradients anew.
 */
function registerGradients(): void {
  for (const gradient of gradients) {
    const current = tf.getGradient(gradient.kernelName);
    if (current === gradient) continue;
    if (current !== undefined) originalGradients.set(gradient.kernelName, current);
    tf.registerGradient(gradient);
  }
}

/**
 * Registers the kernels of this package for tfjs's 'wasm' backend, and the gradients that call them. Importing the
 * package does so already; calling it again changes nothing.
 */
export function registerTrainingKernels(): void {
  for (const config of trainingKernels) replaceKernel(config);
  registerGradients();
}

/** Gives every kernel and gradient that this package replaced back to tfjs. */
export function unregisterTrainingKernels(): void {
  for (const { kernelName, backendName } of trainingKernels) {
    const ours = registered.get(kernelName);
    // Another package may have taken the name since then: it keeps it.
    if (ours === undefined || tf.getKernel(kernelName, backendName) !== ours) continue;
    registered.delete(kernelName);
    tf.unregisterKernel(kernelName, backendName);
    const original = takeOriginal(kernelName);
    if (original !== undefined) tf.registerKernel(original);
  }
  for (const gradient of gradients) {
    if (tf.getGradient(gradient.kernelName) !== gradient) continue;
    tf.unregisterGradient(gradient.kernelName);
    const original = originalGradients.get(gradient.kernelName);
    if (original !== undefined) tf.registerGradient(original);
  }
  originalGradients.clear();
}
