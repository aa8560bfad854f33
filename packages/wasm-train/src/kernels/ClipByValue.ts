/**
 * y[i] = x[i] no smaller than clipValueMin and no larger than clipValueMax; NaN stays NaN. Reads x once, writes y once.
 *
 * float32 without NaN goes to tfjs, which makes the smallest value of NaN and reads int32 as float32.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { hasNaN, isEmpty, mapped } from '../elements.js';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

function clipByValue(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.ClipByValueInputs>;
  const { clipValueMin, clipValueMax } = args.attrs as unknown as tf.ClipByValueAttrs;
  if (x.dtype === 'float32' && !isEmpty(x) && !hasNaN(args.backend as BackendWasm, x)) {
    return runOriginal(tf.ClipByValue, args);
  }
  const clip = (value: number) => Math.min(Math.max(value, clipValueMin), clipValueMax);
  return mapped(args, x, x.dtype, clip);
}

export const clipByValueConfig: tf.KernelConfig = {
  kernelName: tf.ClipByValue,
  backendName: 'wasm',
  kernelFunc: clipByValue,
};
