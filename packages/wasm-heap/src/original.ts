/**
 * tfjs's own kernels, kept from the moment ours took their names. Ours hand over what they do not cover.
 */
import type * as tf from '@tensorflow/tfjs-core';

/** What tfjs hands to a kernel, and what it wants back. */
export type KernelArguments = Parameters<tf.KernelFunc>[0];
export type KernelResult = ReturnType<tf.KernelFunc>;

const originals = new Map<string, tf.KernelConfig>();

export function keepOriginal(config: tf.KernelConfig): void {
  originals.set(config.kernelName, config);
}

export function takeOriginal(kernelName: string): tf.KernelConfig | undefined {
  const config = originals.get(kernelName);
  originals.delete(kernelName);
  return config;
}

/** Runs tfjs's kernel of this name on the same arguments. */
export function runOriginal(kernelName: string, args: KernelArguments): KernelResult {
  const original = originals.get(kernelName);
  if (original === undefined)
    throw new Error(`tfjs's wasm backend has no kernel ${kernelName} for this case`);
  return original.kernelFunc(args);
}
