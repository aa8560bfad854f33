/**
 * tfjs's own batch normalization on a backend's normalization kernels: the kernel FusedBatchNorm, which `tf.batchNorm`,
 * the inference of tf.layers and graph models run, and its gradient.
 *
 *     y = (x - mean) / sqrt(variance + varianceEpsilon) * scale + offset
 */
import * as tf from '@tensorflow/tfjs-core';
import { ensureKernels } from '../dispatch/registry.js';
import { BackendError } from '../errors.js';
import { ensureGradient, restoreGradient } from './gradient.js';
import { acceleratedKernel } from './kernel.js';

interface Acceleration {
  readonly original: tf.KernelConfig;
  readonly replacement: tf.KernelConfig;
}

const accelerations = new Map<string, Acceleration>();

const isAccelerated = (backendName: string): boolean => accelerations.has(backendName);

/** Options of `registerFusedBatchNorm`. */
export interface FusedBatchNormOptions {
  /** Leave an x of fewer elements to tfjs's own kernel, where that is quicker to start. Default 0. */
  fewestElements?: number;
}

/**
 * From now on FusedBatchNorm on this tfjs backend runs the normalization kernels that are registered for it (without any, those
 * composed of tfjs's ops), and so does its gradient. Cases that these do not express stay with tfjs: parameters of x's own shape, types other than float32.
 * Calling it again changes nothing.
 *
 * @throws BackendError if tfjs has no FusedBatchNorm for this backend.
 */
export function registerFusedBatchNorm(
  backendName: string,
  { fewestElements = 0 }: FusedBatchNormOptions = {},
): void {
  if (isAccelerated(backendName)) return;
  const original = tf.getKernel(tf.FusedBatchNorm, backendName);
  if (original === undefined) {
    throw new BackendError(
      `TensorFlow.js has no FusedBatchNorm for the backend '${backendName}': import ` +
        `'@tensorflow/tfjs-backend-${backendName}' before registerFusedBatchNorm('${backendName}')`,
    );
  }
  ensureKernels(backendName);
  const accelerated = acceleratedKernel(original, fewestElements);
  const kernelFunc: tf.KernelFunc = (args) => {
    // tfjs registers its gradients again if @tensorflow/tfjs is imported after us.
    ensureGradient(isAccelerated);
    return accelerated(args);
  };
  const replacement = { ...original, kernelFunc };
  tf.unregisterKernel(tf.FusedBatchNorm, backendName);
  tf.registerKernel(replacement);
  accelerations.set(backendName, { original, replacement });
  ensureGradient(isAccelerated);
}

/** Gives FusedBatchNorm on this backend, and its gradient, back to tfjs. A kernel that others have put in its place stays. */
export function unregisterFusedBatchNorm(backendName: string): void {
  const acceleration = accelerations.get(backendName);
  if (acceleration === undefined) return;
  accelerations.delete(backendName);
  if (tf.getKernel(tf.FusedBatchNorm, backendName) === acceleration.replacement) {
    tf.unregisterKernel(tf.FusedBatchNorm, backendName);
    tf.registerKernel(acceleration.original);
  }
  if (accelerations.size === 0) restoreGradient();
}
