/** Matrix products and Einstein sums. */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray, flatIndex, forEachIndex, stridesOf } from './array.js';
import { defineKernel } from './backend.js';
import { broadcastStrides } from './binary.js';
import { transpose } from './shapes.js';

function transposedLast(x: Float64NdArray, isTransposed: boolean): Float64NdArray {
  const rank = x.shape.length;
  const axes = Array.from({ length: rank }, (_, i) => i);
  return isTransposed ? transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2]) : x;
}

/** Matrices over the last two axes; the axes before them are broadcast. */
export function batchMatMul(
  a: Float64NdArray,
  b: Float64NdArray,
  transposeA: boolean,
  transposeB: boolean,
): Float64NdArray {
  const [left, right] = [transposedLast(a, transposeA), transposedLast(b, transposeB)];
  const [rows, depth, columns] = [left.shape.at(-2)!, left.shape.at(-1)!, right.shape.at(-1)!];
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(
    left.shape.slice(0, -2),
    right.shape.slice(0, -2),
  );
  const y = array([...batch, rows, columns]);
  const leftStrides = broadcastStrides(left, [...batch, rows, depth]);
  const rightStrides = broadcastStrides(right, [...batch, depth, columns]);
  forEachIndex(y.shape, (index, flat) => {
    const outer = index.slice(0, -2);
    const [i, j] = index.slice(-2) as [number, number];
    for (let k = 0; k < depth; ++k) {
      y.data[flat]! +=
        left.data[flatIndex([...outer, i, k], leftStrides)]! *
        right.data[flatIndex([...outer, k, j], rightStrides)]!;
    }
  });
  return y;
}

defineKernel<tf.BatchMatMulAttrs>(tf.BatchMatMul, ({ a, b }, { transposeA, transposeB }) =>
  batchMatMul(a!, b!, transposeA, transposeB),
);

/** The sum, over all letters that the result does not have, of the products of the operands. */
export function einsum(equation: string, operands: Float64NdArray[]): Float64NdArray {
  const [inputs, output] = equation.replaceAll(' ', '').split('->') as [string, string];
  const terms = inputs.split(',');
  const lengths = new Map<string, number>();
  terms.forEach((term, t) => {
    [...term].forEach((letter, i) => {
      lengths.set(letter, operands[t]!.shape[i]!);
    });
  });
  const letters = [...output, ...[...lengths.keys()].filter((letter) => !output.includes(letter))];
  const y = array([...output].map((letter) => lengths.get(letter)!));
  const strides = [
    ...terms.map((term, t) => [term, operands[t]!.shape] as const),
    [output, y.shape] as const,
  ].map(([term, shape]) => {
    const own = stridesOf(shape);
    return letters.map((letter) =>
      [...term].reduce((sum, other, i) => sum + (other === letter ? own[i]! : 0), 0),
    );
  });
  forEachIndex(
    letters.map((letter) => lengths.get(letter)!),
    (index) => {
      const product = operands.reduce((value, x, t) => value * x.data[flatIndex(index, strides[t]!)]!, 1);
      y.data[flatIndex(index, strides.at(-1)!)]! += product;
    },
  );
  return y;
}

defineKernel<tf.EinsumAttrs>(tf.Einsum, (inputs, { equation }) => einsum(equation, Object.values(inputs)));
