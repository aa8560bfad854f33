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
import { areFloat32, type Inputs, type KernelArguments, type KernelResult } from '../kernel.js';

type Function2 = (a: number, b: number) => number;

/** The sign of the divisor, as everywhere in tfjs. */
const modulo: Function2 = (a, b) => {
  const rest = a % b;
  return (a < 0 && b < 0) || (a >= 0 && b >= 0) ? rest : (rest + b) % b;
};

/** For each element of a shape, in order, its index in a tensor that is broadcast to it. */
function* indicesIn(own: readonly number[], shape: readonly number[]): Generator<number> {
  const strides = shape.map((_, axis) => {
    const at = axis - (shape.length - own.length);
    return at < 0 || own[at] === 1 ? 0 : own.slice(at + 1).reduce((product, length) => product * length, 1);
  });
  const place = shape.map(() => 0);
  for (;;) {
    yield place.reduce((index, at, axis) => index + at * strides[axis]!, 0);
    let axis = shape.length - 1;
    while (axis >= 0 && ++place[axis]! === shape[axis]) place[axis--] = 0;
    if (axis < 0) return;
  }
}

function combine(args: KernelArguments, f: Function2): KernelResult {
  const { a, b } = args.inputs as Inputs<tf.BinaryInputs>;
  const backend = args.backend as BackendWasm;
  const shape = tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  return filled(backend, shape, a.dtype, (y) => {
    const [left, right] = [elementsOf(backend, a), elementsOf(backend, b)];
    const leftIndices = indicesIn(a.shape, shape);
    const rightIndices = indicesIn(b.shape, shape);
    for (let i = 0; i < y.length; ++i) {
      y[i] = f(left[leftIndices.next().value!]!, right[rightIndices.next().value!]!);
    }
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
