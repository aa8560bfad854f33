/**
 * Kernels of tfjs that only move elements, and that move 4 bytes for each: of bool they read and write outside of their tensors.
 * bool goes through int32 here. Three passes more than tfjs's one.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { elementsOf, filled } from '../elements.js';
import { withInteger } from '../integers.js';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

/** Runs a kernel on x as int32; y is bool again. */
export function throughIntegers(args: KernelArguments, kernel: tf.KernelFunc): KernelResult {
  return tf.tidy(() => tf.cast(withInteger('x', args, kernel), 'bool'));
}

function reverse(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.ReverseInputs>;
  const original: tf.KernelFunc = (own) => runOriginal(tf.Reverse, own);
  return x.dtype === 'bool' ? throughIntegers(args, original) : original(args);
}

/** tfjs calls y float32 whatever x is, though it copies bits. */
function stridedSlice(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.StridedSliceInputs>;
  if (x.dtype === 'bool') return throughIntegers(args, stridedSlice);
  const y = runOriginal(tf.StridedSlice, args) as tf.TensorInfo;
  if (y.dtype === x.dtype) return y;
  const backend = args.backend as BackendWasm;
  const bits = filled(args, y.shape, x.dtype, (values) => {
    const { buffer, byteOffset, length } = elementsOf(backend, y);
    values.set(new Int32Array(buffer, byteOffset, length));
  });
  backend.disposeData(y.dataId);
  return bits;
}

export const copyConfigs: readonly tf.KernelConfig[] = [
  { kernelName: tf.Reverse, backendName: 'wasm', kernelFunc: reverse },
  { kernelName: tf.StridedSlice, backendName: 'wasm', kernelFunc: stridedSlice },
];
