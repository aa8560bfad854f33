/**
 * y[i] = t[i] if condition[i], e[i] if not: tf.where. The type of y is the one that holds both, as on tfjs's other backends.
 *
 * tfjs's kernel copies 4 bytes for each element, and calls y what t is: of bool, and of two types, it returns garbage and
 * writes outside of y. Those are cast before, at two passes for each.
 */
import { runOriginal } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import { tensorOf } from '../integers.js';
import { areNumbers, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';

function select(args: KernelArguments): KernelResult {
  const { condition, t, e } = args.inputs as Inputs<tf.SelectInputs> as {
    condition: tf.Tensor;
    t: tf.Tensor;
    e: tf.Tensor;
  };
  if (t.dtype === e.dtype && areNumbers(t)) return runOriginal(tf.Select, args);
  const dtype = tf.upcastType(t.dtype, e.dtype);
  const common = dtype === 'bool' ? 'int32' : dtype;
  return tf.tidy(() => {
    const inputs = { condition, t: tf.cast(t, common), e: tf.cast(e, common) };
    return tf.cast(tensorOf(runOriginal(tf.Select, { ...args, inputs })), dtype);
  });
}

export const selectConfig: tf.KernelConfig = {
  kernelName: tf.Select,
  backendName: 'wasm',
  kernelFunc: select,
};
