/** Operations on pairs of elements, with broadcasting. */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray, flatIndex, forEachIndex, stridesOf } from './array.js';
import { defineKernel } from './backend.js';

/** Strides of x seen as an array of `shape`: 0 along the axes that it is repeated over. */
export function broadcastStrides(x: Float64NdArray, shape: readonly number[]): number[] {
  const missing = shape.length - x.shape.length;
  const strides = stridesOf(x.shape);
  return shape.map((_, i) => (i < missing || x.shape[i - missing] === 1 ? 0 : strides[i - missing]!));
}

export function broadcast(
  a: Float64NdArray,
  b: Float64NdArray,
  compute: (a: number, b: number) => number,
  dtype: tf.DataType = a.dtype,
): Float64NdArray {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const result = array(shape, undefined, dtype);
  const [stridesA, stridesB] = [broadcastStrides(a, shape), broadcastStrides(b, shape)];
  forEachIndex(shape, (index, flat) => {
    result.data[flat] = compute(a.data[flatIndex(index, stridesA)]!, b.data[flatIndex(index, stridesB)]!);
  });
  return result;
}

const functions: Record<string, (a: number, b: number) => number> = {
  [tf.Add]: (a, b) => a + b,
  [tf.Atan2]: Math.atan2,
  [tf.FloorDiv]: (a, b) => Math.floor(a / b),
  [tf.Maximum]: Math.max,
  [tf.Minimum]: Math.min,
  [tf.Mod]: (a, b) => a - b * Math.floor(a / b),
  [tf.Multiply]: (a, b) => a * b,
  [tf.Pow]: Math.pow,
  [tf.RealDiv]: (a, b) => a / b,
  [tf.SquaredDifference]: (a, b) => (a - b) ** 2,
  [tf.Sub]: (a, b) => a - b,
};

for (const [kernelName, compute] of Object.entries(functions)) {
  defineKernel(kernelName, ({ a, b }) => broadcast(a!, b!, compute));
}

const relations: Record<string, (a: number, b: number) => boolean> = {
  [tf.Equal]: (a, b) => a === b,
  [tf.Greater]: (a, b) => a > b,
  [tf.GreaterEqual]: (a, b) => a >= b,
  [tf.Less]: (a, b) => a < b,
  [tf.LessEqual]: (a, b) => a <= b,
  [tf.LogicalAnd]: (a, b) => a !== 0 && b !== 0,
  [tf.LogicalOr]: (a, b) => a !== 0 || b !== 0,
  [tf.NotEqual]: (a, b) => a !== b,
};

for (const [kernelName, holds] of Object.entries(relations)) {
  defineKernel(kernelName, ({ a, b }) => broadcast(a!, b!, (x, y) => Number(holds(x, y)), 'bool'));
}

defineKernel(tf.Prelu, ({ x, alpha }) =>
  broadcast(x!, alpha!, (value, slope) => (value < 0 ? slope * value : value)),
);

defineKernel(tf.EluGrad, ({ dy, y }) =>
  broadcast(dy!, y!, (upstream, value) => upstream * (value >= 0 ? 1 : value + 1)),
);

defineKernel(tf.AddN, (inputs) =>
  Object.values(inputs).reduce((sum, x) => broadcast(sum, x, (a, b) => a + b)),
);

/** condition ? t : e; a condition of rank 1 chooses whole rows. */
defineKernel(tf.Select, ({ condition, t, e }) => {
  const rest = condition!.shape.length === 1 ? t!.data.length / condition!.data.length : 1;
  return array(
    t!.shape,
    t!.data.map((value, i) => (condition!.data[Math.floor(i / rest)] ? value : e!.data[i]!)),
    t!.dtype,
  );
});
