/**
 * y = x < 0 ? alpha * x : x, with alpha broadcast to x.
 *
 * tfjs's kernel repeats alpha over x from the first element on, which is right only if alpha has the shape of the last axes of x:
 * those go to it. All others are composed here, of three passes.
 */
import { runOriginal } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

function prelu(args: KernelArguments): KernelResult {
  // The engine hands a kernel the tensors of its caller, whatever the type says.
  const { x, alpha } = args.inputs as Inputs<tf.PreluInputs> as { x: tf.Tensor; alpha: tf.Tensor };
  const isServed = areFloat32(x, alpha) && sizeOf(x.shape) > 0;
  if (isServed && isEndOf(alpha.shape, x.shape)) return runOriginal(tf.Prelu, args);
  return tf.tidy(() => tf.where(tf.less(x, 0), tf.cast(tf.mul(alpha, x), 'float32'), tf.cast(x, 'float32')));
}

/** Whether a shape, its leading ones aside, is the end of another. */
function isEndOf(alpha: readonly number[], shape: readonly number[]): boolean {
  const own = sizeOf(alpha) === 1 ? [] : alpha.slice(alpha.findIndex((length) => length !== 1));
  return own.every((length, i) => length === shape.at(i - own.length));
}

export const preluConfig: tf.KernelConfig = { kernelName: tf.Prelu, backendName: 'wasm', kernelFunc: prelu };
