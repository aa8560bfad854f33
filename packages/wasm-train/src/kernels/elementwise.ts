/**
 * y[i] = f(x[i]) of int32 and bool, computed with float64 and rounded towards zero to the type that tfjs gives y.
 *
 * float32 goes to tfjs. For other types some of its kernels read the bits of int32 as if they were float32 (isNaN, isInf,
 * isFinite, reciprocal). Some write nothing at all and return what was in memory (acosh, asinh and log1p of int32, nearly every
 * one of bool). Some compute int32 in float32, which rounds beyond 2^24 (abs, neg). Reads x once, writes y once.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { hasNaN, mapped } from '../elements.js';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

interface Elementwise {
  f(x: number, attributes: { alpha?: number }): number;
  /** Of y; that of x if it does not say. */
  dtype?: 'float32' | 'bool';
}

const { SELU_SCALE, SELU_SCALEALPHA } = tf.backend_util;
const float32 = 'float32' as const;
const bool = 'bool' as const;

const functions: Readonly<Record<string, Elementwise>> = {
  [tf.Abs]: { f: Math.abs },
  [tf.Acos]: { f: Math.acos },
  [tf.Acosh]: { f: Math.acosh },
  [tf.Asin]: { f: Math.asin },
  [tf.Asinh]: { f: Math.asinh },
  [tf.Atan]: { f: Math.atan },
  [tf.Atanh]: { f: Math.atanh },
  [tf.Exp]: { f: Math.exp, dtype: float32 },
  [tf.Expm1]: { f: Math.expm1, dtype: float32 },
  [tf.IsFinite]: { f: () => 1, dtype: bool },
  [tf.IsInf]: { f: () => 0, dtype: bool },
  [tf.IsNan]: { f: () => 0, dtype: bool },
  [tf.LeakyRelu]: { f: (x, { alpha = 0 }) => (x < 0 ? alpha * x : x), dtype: float32 },
  [tf.Log1p]: { f: Math.log1p },
  [tf.Neg]: { f: (x) => -x },
  [tf.Reciprocal]: { f: (x) => 1 / x },
  [tf.Relu]: { f: (x) => Math.max(x, 0) },
  [tf.Relu6]: { f: (x) => Math.min(Math.max(x, 0), 6) },
  [tf.Round]: { f: (x) => x },
  [tf.Selu]: { f: (x) => (x < 0 ? SELU_SCALEALPHA * Math.expm1(x) : SELU_SCALE * x) },
  [tf.Sign]: { f: Math.sign },
  [tf.Sinh]: { f: Math.sinh },
  [tf.Softplus]: { f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  // The low 32 bits: float64 does not hold all of a square.
  [tf.Square]: { f: (x) => Math.imul(x, x) },
  [tf.Step]: { f: (x, { alpha = 0 }) => (x > 0 ? 1 : alpha) },
};

function kernelOf(kernelName: string, { f, dtype }: Elementwise): tf.KernelFunc {
  return (args: KernelArguments): KernelResult => {
    const { x } = args.inputs as Inputs<tf.UnaryInputs>;
    if (x.dtype === 'float32') return runOriginal(kernelName, args);
    const attributes = (args.attrs ?? {}) as { alpha?: number };
    // A bool is 0 or 1: -1 counts as true, as every number but 0 does.
    const g =
      x.dtype === 'bool' && dtype === undefined
        ? (value: number) => Math.abs(f(value, attributes))
        : undefined;
    return mapped(args, x, dtype ?? x.dtype, g ?? ((value) => f(value, attributes)));
  };
}

/** tfjs's kernel of float32 makes 0 of NaN. */
function relu6(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.UnaryInputs>;
  if (!hasNaN(args.backend as BackendWasm, x)) return kernelOf(tf.Relu6, functions[tf.Relu6]!)(args);
  return mapped(args, x, 'float32', functions[tf.Relu6]!.f as (value: number) => number);
}

export const elementwiseConfigs: readonly tf.KernelConfig[] = Object.entries(functions).map(
  ([kernelName, elementwise]) => ({
    kernelName,
    backendName: 'wasm',
    kernelFunc: kernelName === tf.Relu6 ? relu6 : kernelOf(kernelName, elementwise),
  }),
);
