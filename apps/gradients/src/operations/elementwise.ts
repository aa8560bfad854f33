/** Functions of each element by itself. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, operation, type Values } from '../table/case.js';
import { between, exactly, positive, signed } from '../table/values.js';

/** Over 7 elements, over 3 axes of odd lengths, and if given over hard numbers. */
function cases(
  compute: (x: tf.Tensor) => tf.Tensor,
  values: (shape: number[]) => Values = signed,
  hard?: number[],
): GradientCase[] {
  return [
    operation('7 elements', [values([7])], compute),
    operation('3x1x5', [values([3, 1, 5])], compute),
    ...(hard === undefined ? [] : [operation(`at ${hard.join(', ')}`, [exactly(hard)], compute)]),
  ];
}

const inUnit = (shape: number[]) => between(shape, -0.9, 0.9);
/** Numbers that lie away from every multiple of a half. */
const fractions = (shape: number[]) => {
  const { values } = between(shape, 0.05, 0.4);
  return exactly(
    [...values].map((value, i) => value + 0.5 * (i - 3)),
    shape,
  );
};

export const elementwise: Record<string, GradientCase[]> = {
  Abs: cases(tf.abs, signed, [-3e4, 1e-3]),
  Acos: cases(tf.acos, inUnit),
  Acosh: cases(tf.acosh, (shape) => between(shape, 1.2, 4)),
  Asin: cases(tf.asin, inUnit),
  Asinh: cases(tf.asinh, signed, [-300, 40]),
  Atan: cases(tf.atan, signed, [-300, 40]),
  Atanh: cases(tf.atanh, inUnit),
  Cast: [
    operation('float32 to float32', [signed([5])], (x) => tf.cast(x, 'float32')),
    operation('to int32 and back', [fractions([7])], (x) => tf.cast(tf.cast(x, 'int32'), 'float32')),
  ],
  Ceil: cases(tf.ceil, fractions),
  ClipByValue: cases((x) => tf.clipByValue(x, -0.55, 0.85)),
  Cos: cases(tf.cos, (shape) => between(shape, -6, 6)),
  Cosh: cases(tf.cosh, (shape) => between(shape, -3, 3)),
  Elu: cases(tf.elu, signed, [-40, -1e-3, 20]),
  Erf: cases(tf.erf, signed, [-3, 2.5]),
  Exp: cases(tf.exp, signed, [-40, 5]),
  Expm1: cases(tf.expm1, signed, [-20, 2]),
  Floor: cases(tf.floor, fractions),
  Identity: cases(tf.clone),
  IsFinite: cases(tf.isFinite),
  IsInf: cases(tf.isInf),
  IsNan: cases(tf.isNaN),
  LeakyRelu: [
    ...cases((x) => tf.leakyRelu(x, 0.1)),
    operation('the default slope', [signed([7])], (x) => tf.leakyRelu(x)),
  ],
  Log: cases(tf.log, positive, [0.02, 300]),
  Log1p: cases(tf.log1p, positive, [-0.9, 300]),
  Neg: cases(tf.neg),
  OnesLike: cases((x) => tf.onesLike(x)),
  Reciprocal: cases(tf.reciprocal, signed, [-0.02, 300]),
  Relu: cases(tf.relu),
  Relu6: cases(tf.relu6, (shape) => between(shape, -2.03, 9), [5.9, 6.1]),
  Round: cases(tf.round, fractions),
  Rsqrt: cases(tf.rsqrt, positive, [0.02, 300]),
  Selu: cases(tf.selu, signed, [-40, -1e-3, 20]),
  Sigmoid: cases(tf.sigmoid, signed, [-9, 6]),
  Sign: cases(tf.sign),
  Sin: cases(tf.sin, (shape) => between(shape, -6, 6)),
  Sinh: cases(tf.sinh, (shape) => between(shape, -3, 3)),
  Softplus: cases(tf.softplus, signed, [-60, 60]),
  Sqrt: cases(tf.sqrt, positive, [0.02, 300]),
  Square: cases(tf.square, signed, [0, -30]),
  Step: cases((x) => tf.step(x, 0.3)),
  Tan: cases(tf.tan, inUnit),
  Tanh: cases(tf.tanh, signed, [-4, 3]),
  ZerosLike: cases((x) => tf.zerosLike(x)),
};
