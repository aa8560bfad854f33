/** tf.bincount and tf.denseBincount with weights of bool, which tfjs's kernels read outside of: they are counted as int32. */
import { runOriginal } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import { withInteger } from '../integers.js';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

function kernelOf(kernelName: string): tf.KernelFunc {
  return (args: KernelArguments): KernelResult => {
    const { weights } = args.inputs as Inputs<tf.BincountInputs>;
    const original: tf.KernelFunc = (own) => runOriginal(kernelName, own);
    return weights.dtype === 'bool' ? withInteger('weights', args, original) : original(args);
  };
}

export const bincountConfigs: readonly tf.KernelConfig[] = [tf.Bincount, tf.DenseBincount].map(
  (kernelName) => ({ kernelName, backendName: 'wasm', kernelFunc: kernelOf(kernelName) }),
);
