/** tf.bincount and tf.denseBincount with weights of bool, which tfjs's kernels read outside of: they are counted as int32. */
import { runOriginal } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

function kernelOf(kernelName: string): tf.KernelFunc {
  return (args: KernelArguments): KernelResult => {
    const { x, weights } = args.inputs as Inputs<tf.BincountInputs> as { x: tf.Tensor; weights: tf.Tensor };
    if (weights.dtype !== 'bool') return runOriginal(kernelName, args);
    const counts = tf.cast(weights, 'int32');
    const y = runOriginal(kernelName, { ...args, inputs: { x, weights: counts } });
    counts.dispose();
    return y;
  };
}

export const bincountConfigs: readonly tf.KernelConfig[] = [tf.Bincount, tf.DenseBincount].map(
  (kernelName) => ({ kernelName, backendName: 'wasm', kernelFunc: kernelOf(kernelName) }),
);
