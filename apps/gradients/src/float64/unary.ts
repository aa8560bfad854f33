/** Operations on each element by itself. */
import * as tf from '@tensorflow/tfjs-core';
import { array } from './array.js';
import { defineKernel } from './backend.js';

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** 2 / sqrt(pi) times the sum of (-1)^n x^(2n+1) / (n! (2n+1)); exact to 1e-12 for |x| < 4. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 120; ++n) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** Halves go to the even neighbour, as in IEEE 754 and tfjs. */
function roundToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x - Math.trunc(x)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const floatFunctions: Record<string, (x: number) => number> = {
  [tf.Abs]: Math.abs,
  [tf.Acos]: Math.acos,
  [tf.Acosh]: Math.acosh,
  [tf.Asin]: Math.asin,
  [tf.Asinh]: Math.asinh,
  [tf.Atan]: Math.atan,
  [tf.Atanh]: Math.atanh,
  [tf.Ceil]: Math.ceil,
  [tf.Cos]: Math.cos,
  [tf.Cosh]: Math.cosh,
  [tf.Elu]: (x) => (x >= 0 ? x : Math.expm1(x)),
  [tf.Erf]: erf,
  [tf.Exp]: Math.exp,
  [tf.Expm1]: Math.expm1,
  [tf.Floor]: Math.floor,
  [tf.Identity]: (x) => x,
  [tf.Log]: Math.log,
  [tf.Log1p]: Math.log1p,
  [tf.Neg]: (x) => -x,
  [tf.OnesLike]: () => 1,
  [tf.Reciprocal]: (x) => 1 / x,
  [tf.Relu]: (x) => Math.max(0, x),
  [tf.Relu6]: (x) => Math.min(6, Math.max(0, x)),
  [tf.Round]: roundToEven,
  [tf.Rsqrt]: (x) => 1 / Math.sqrt(x),
  [tf.Selu]: (x) => SELU_SCALE * (x >= 0 ? x : SELU_ALPHA * Math.expm1(x)),
  [tf.Sigmoid]: sigmoid,
  [tf.Sign]: Math.sign,
  [tf.Sin]: Math.sin,
  [tf.Sinh]: Math.sinh,
  [tf.Softplus]: (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x),
  [tf.Sqrt]: Math.sqrt,
  [tf.Square]: (x) => x * x,
  [tf.Tan]: Math.tan,
  [tf.Tanh]: Math.tanh,
  [tf.ZerosLike]: () => 0,
};

for (const [kernelName, compute] of Object.entries(floatFunctions)) {
  defineKernel(kernelName, ({ x }) => array(x!.shape, x!.data.map(compute), x!.dtype));
}

const predicates: Record<string, (x: number) => boolean> = {
  [tf.IsFinite]: Number.isFinite,
  [tf.IsInf]: (x) => Math.abs(x) === Number.POSITIVE_INFINITY,
  [tf.IsNan]: Number.isNaN,
  [tf.LogicalNot]: (x) => x === 0,
};

for (const [kernelName, holds] of Object.entries(predicates)) {
  defineKernel(kernelName, ({ x }) =>
    array(
      x!.shape,
      x!.data.map((value) => Number(holds(value))),
      'bool',
    ),
  );
}

defineKernel<tf.LeakyReluAttrs>(tf.LeakyRelu, ({ x }, { alpha }) =>
  array(
    x!.shape,
    x!.data.map((value) => (value < 0 ? alpha * value : value)),
  ),
);

defineKernel<tf.StepAttrs>(tf.Step, ({ x }, { alpha }) =>
  array(
    x!.shape,
    x!.data.map((value) => (Number.isNaN(value) ? Number.NaN : value > 0 ? 1 : alpha)),
    x!.dtype,
  ),
);

defineKernel<tf.ClipByValueAttrs>(tf.ClipByValue, ({ x }, { clipValueMin, clipValueMax }) =>
  array(
    x!.shape,
    x!.data.map((value) => Math.min(clipValueMax, Math.max(clipValueMin, value))),
    x!.dtype,
  ),
);

defineKernel<tf.CastAttrs>(tf.Cast, ({ x }, { dtype }) => {
  const convert: (value: number) => number =
    dtype === 'bool' ? (value) => Number(value !== 0) : dtype === 'int32' ? Math.trunc : (value) => value;
  return array(x!.shape, x!.data.map(convert), dtype);
});

defineKernel<tf.FillAttrs>(tf.Fill, (_, { shape, value, dtype }) =>
  array(shape, new Float64Array(tf.util.sizeFromShape(shape)).fill(value as number), dtype),
);

defineKernel<tf.RangeAttrs>(tf.Range, (_, { start, stop, step, dtype }) => {
  const size = Math.max(0, Math.ceil((stop - start) / step));
  return array(
    [size],
    Float64Array.from({ length: size }, (_, i) => start + i * step),
    dtype,
  );
});
