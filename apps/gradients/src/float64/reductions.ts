/** Sums, extremes and running sums along axes. */
import * as tf from '@tensorflow/tfjs-core';
import { array, axesOf, type Float64NdArray, flatIndex, forEachIndex, stridesOf } from './array.js';
import { defineKernel } from './backend.js';

interface Axes {
  axis?: number | number[];
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

/** The values along the axes, of each element of the result. */
function reduce(
  x: Float64NdArray,
  { axis, reductionIndices, keepDims }: Axes,
  combine: (values: number[]) => number,
  dtype: tf.DataType = x.dtype,
): Float64NdArray {
  const axes = axesOf(reductionIndices ?? axis, x.shape.length);
  const kept = x.shape.map((length, i) => (axes.includes(i) ? 1 : length));
  const strides = stridesOf(kept).map((stride, i) => (axes.includes(i) ? 0 : stride));
  const values = Array.from({ length: tf.util.sizeFromShape(kept) }, () => [] as number[]);
  forEachIndex(x.shape, (index, flat) => values[flatIndex(index, strides)]!.push(x.data[flat]!));
  const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  return array(shape, Float64Array.from(values, combine), dtype);
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

const reductions: Record<string, (values: number[]) => number> = {
  [tf.Max]: (values) => Math.max(...values),
  [tf.Mean]: (values) => sum(values) / values.length,
  [tf.Min]: (values) => Math.min(...values),
  [tf.Prod]: (values) => values.reduce((a, b) => a * b, 1),
  [tf.Sum]: sum,
};

for (const [kernelName, combine] of Object.entries(reductions)) {
  defineKernel<Axes>(kernelName, ({ x }, attributes) => reduce(x!, attributes, combine));
}

defineKernel<Axes>(tf.All, ({ x }, attributes) =>
  reduce(x!, attributes, (values) => Number(values.every(Boolean)), 'bool'),
);
defineKernel<Axes>(tf.Any, ({ x }, attributes) =>
  reduce(x!, attributes, (values) => Number(values.some(Boolean)), 'bool'),
);
defineKernel<Axes>(tf.ArgMax, ({ x }, attributes) =>
  reduce(x!, attributes, (values) => values.indexOf(Math.max(...values)), 'int32'),
);
defineKernel<Axes>(tf.ArgMin, ({ x }, attributes) =>
  reduce(x!, attributes, (values) => values.indexOf(Math.min(...values)), 'int32'),
);

/** Running sums or products along one axis. */
function accumulate(
  x: Float64NdArray,
  { axis, exclusive, reverse }: tf.CumsumAttrs,
  start: number,
  combine: (a: number, b: number) => number,
): Float64NdArray {
  const [along] = axesOf(axis ?? 0, x.shape.length) as [number];
  const length = x.shape[along]!;
  const stride = stridesOf(x.shape)[along]!;
  const y = array(x.shape);
  for (let first = 0; first < x.data.length; ++first) {
    if (Math.floor(first / stride) % length !== 0) continue;
    let total = start;
    for (let i = 0; i < length; ++i) {
      const at = first + (reverse ? length - 1 - i : i) * stride;
      const next = combine(total, x.data[at]!);
      y.data[at] = exclusive ? total : next;
      total = next;
    }
  }
  return y;
}

defineKernel<tf.CumsumAttrs>(tf.Cumsum, ({ x }, attributes) =>
  accumulate(x!, attributes, 0, (a, b) => a + b),
);
defineKernel<tf.CumsumAttrs>(tf.Cumprod, ({ x }, attributes) =>
  accumulate(x!, attributes, 1, (a, b) => a * b),
);
