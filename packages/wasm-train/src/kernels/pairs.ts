/**
 * y[i] = f(a[i], b[i]), a and b broadcast, computed with float64: where tfjs's kernels are wrong.
 *
 * FloorDiv of float32: tfjs rounds the quotient to float32 before it rounds it down, so that 6 / 0.1f is 60 and not 59. FloorDiv and
 * Mod of int32 by 0, which tfjs leaves undefined or dies of, are 0, as on its cpu backend; so is a negative power that is no
 * integer. Atan2, Mod and Pow of bool return what was in memory. Reads a and b once, writes y once.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { elementsOf, filled, hasNaN } from '../elements.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

type Function2 = (a: number, b: number) => number;

/** The sign of the divisor, as everywhere in tfjs. */
const modulo: Function2 = (a, b) => {
  const rest = a % b;
  return (a < 0 && b < 0) || (a >= 0 && b >= 0) ? rest : (rest + b) % b;
};

/** The index, in a tensor of shape `own` that is broadcast to `shape`, of the i-th element of the result. */
function indexIn(own: readonly number[], shape: readonly number[]): (i: number) => number {
  if (sizeOf(own) === sizeOf(shape)) return (i) => i;
  const axes = own.map((size, axis) => ({
    size,
    stride: sizeOf(own.slice(axis + 1)),
    resultStride: sizeOf(shape.slice(axis + 1 + shape.length - own.length)),
  }));
  const varying = axes.filter(({ size }) => size > 1);
  return (i) =>
    varying.reduce(
      (index, { size, stride, resultStride }) => index + (Math.floor(i / resultStride) % size) * stride,
      0,
    );
}

function combine(args: KernelArguments, f: Function2): KernelResult {
  const { a, b } = args.inputs as Inputs<tf.BinaryInputs>;
  const backend = args.backend as BackendWasm;
  const shape = tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  return filled(args, shape, a.dtype, (y) => {
    const [left, right] = [elementsOf(backend, a), elementsOf(backend, b)];
    const [leftIndex, rightIndex] = [indexIn(a.shape, shape), indexIn(b.shape, shape)];
    for (let i = 0; i < y.length; ++i) y[i] = f(left[leftIndex(i)]!, right[rightIndex(i)]!);
  });
}

/** `servesFloats`: float32 goes to tfjs. */
function configOf(kernelName: string, f: Function2, servesFloats: boolean): tf.KernelConfig {
  const kernelFunc = (args: KernelArguments): KernelResult => {
    const { a, b } = args.inputs as Inputs<tf.BinaryInputs>;
    return servesFloats && areFloat32(a, b) ? runOriginal(kernelName, args) : combine(args, f);
  };
  return { kernelName, backendName: 'wasm', kernelFunc };
}

/** tfjs drops a NaN of b. */
function extremeOf(kernelName: string, f: Function2): tf.KernelConfig {
  const kernelFunc = (args: KernelArguments): KernelResult => {
    const { b } = args.inputs as Inputs<tf.BinaryInputs>;
    return hasNaN(args.backend as BackendWasm, b) ? combine(args, f) : runOriginal(kernelName, args);
  };
  return { kernelName, backendName: 'wasm', kernelFunc };
}

export const pairConfigs: readonly tf.KernelConfig[] = [
  configOf(tf.Atan2, Math.atan2, true),
  configOf(tf.FloorDiv, (a, b) => Math.floor(a / b), false),
  configOf(tf.Mod, modulo, true),
  configOf(tf.Pow, Math.pow, true),
  extremeOf(tf.Maximum, Math.max),
  extremeOf(tf.Minimum, Math.min),
];
