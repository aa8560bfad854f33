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
import { depthwiseConv2dBackpropFilterConfig } from './kernels/DepthwiseConv2dNativeBackpropFilter.js';
import { depthwiseConv2dBackpropInputConfig } from './kernels/DepthwiseConv2dNativeBackpropInput.js';
import { identityConfig } from './kernels/Identity.js';
import { maxPoolGradConfig } from './kernels/MaxPoolGrad.js';
import { meanConfig } from './kernels/Mean.js';
import { reluGradConfig } from './kernels/ReluGrad.js';
import { sigmoidGradConfig } from './kernels/SigmoidGrad.js';
import { sumConfig } from './kernels/Sum.js';
import { replaceKernel, restoreKernel } from './replace.js';

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
  depthwiseConv2dBackpropFilterConfig,
  depthwiseConv2dBackpropInputConfig,
  identityConfig,
  maxPoolGradConfig,
  meanConfig,
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

/** tfjs's gradients, where it had one. */
const originalGradients = new Map<string, tf.GradConfig>();

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
  for (const config of trainingKernels) replaceKernel(config, registerGradients);
  registerGradients();
}

/** Gives every kernel and gradient that this package replaced back to tfjs. */
export function unregisterTrainingKernels(): void {
  for (const config of trainingKernels) restoreKernel(config);
  for (const gradient of gradients) {
    if (tf.getGradient(gradient.kernelName) !== gradient) continue;
    tf.unregisterGradient(gradient.kernelName);
    const original = originalGradients.get(gradient.kernelName);
    if (original !== undefined) tf.registerGradient(original);
  }
  originalGradients.clear();
}
