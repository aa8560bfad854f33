/**
 * y = f(a b + bias). For relu and relu6 tfjs's kernel makes 0 of NaN, so that a dense layer hides it: those are a kernel of their
 * own after the product, one pass more. Everything else is tfjs's.
 */
import { runOriginal } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import { tensorOf } from '../integers.js';
import type { KernelArguments, KernelResult } from '../kernel.js';

const losesNaN: Readonly<Record<string, <T extends tf.Tensor>(x: T) => T>> = {
  relu: tf.relu,
  relu6: tf.relu6,
};

function fusedMatMul(args: KernelArguments): KernelResult {
  const attributes = args.attrs as unknown as tf._FusedMatMulAttrs;
  const activate = losesNaN[attributes.activation];
  if (activate === undefined) return runOriginal(tf._FusedMatMul, args);
  return tf.tidy(() => {
    const attrs = { ...args.attrs, activation: 'linear' };
    return activate(tensorOf(runOriginal(tf._FusedMatMul, { ...args, attrs })));
  });
}

export const fusedMatMulConfig: tf.KernelConfig = {
  kernelName: tf._FusedMatMul,
  backendName: 'wasm',
  kernelFunc: fusedMatMul,
};
