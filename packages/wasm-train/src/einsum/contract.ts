/**
 * y[output] = sum over all other labels of the product of the operands
 *
 * Composed of matrix products, two operands at a time from left to right, and of transpositions where the order of axes wants
 * them. Every step has a gradient.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Labels } from './equation.js';

/** A tensor and the names of its axes. */
export interface Operand {
  readonly tensor: tf.Tensor;
  readonly labels: Labels;
}

/** @param output Labels of the result, each of which an operand has. */
export function contract(operands: readonly Operand[], output: Labels): tf.Tensor {
  const reduced = operands.map(diagonals).map((operand, i, all) => {
    const others = all.filter((_, j) => j !== i).flatMap(({ labels }) => labels);
    return sumAway(operand, [...output, ...others]);
  });
  const result = reduced.reduce((product, operand, i) => {
    const later = reduced.slice(i + 1).flatMap(({ labels }) => labels);
    return multiply(product, operand, new Set([...output, ...later]));
  });
  return arranged(result, output);
}

/** The operand without axes of size 1 that stand for longer ones. */
export function withoutStretched({ tensor, labels }: Operand, sizes: ReadonlyMap<string, number>): Operand {
  const kept = labels
    .map((_, axis) => axis)
    .filter((axis) => tensor.shape[axis] === sizes.get(labels[axis]!));
  if (kept.length === labels.length) return { tensor, labels };
  return {
    tensor: tf.reshape(
      tensor,
      kept.map((axis) => tensor.shape[axis]!),
    ),
    labels: kept.map((axis) => labels[axis]!),
  };
}

/** The operand with each label once: of an axis that is there twice, the diagonal. */
function diagonals({ tensor, labels }: Operand): Operand {
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (second < 0) return { tensor, labels };
  const first = labels.indexOf(labels[second]!);
  const rest = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const size = tensor.shape[first]!;
  const restShape = rest.map((axis) => tensor.shape[axis]!);
  const rows = tf.reshape(transposed(tensor, [...rest, first, second]), [
    tf.util.sizeFromShape(restShape),
    size * size,
  ]);
  const places = Int32Array.from({ length: size }, (_, i) => i * (size + 1));
  const diagonal = tf.reshape(tf.gather(rows, tf.tensor1d(places, 'int32'), 1), [...restShape, size]);
  return diagonals({ tensor: diagonal, labels: [...rest.map((axis) => labels[axis]!), labels[first]!] });
}

/** The operand summed over all axes that nothing else wants. */
function sumAway({ tensor, labels }: Operand, wanted: Labels): Operand {
  const axes = labels.map((_, axis) => axis).filter((axis) => !wanted.includes(labels[axis]!));
  if (axes.length === 0) return { tensor, labels };
  return { tensor: tf.sum(tensor, axes), labels: labels.filter((label) => wanted.includes(label)) };
}

/** The product of two operands, summed over the labels that both have and nothing else wants. */
function multiply(a: Operand, b: Operand, wanted: ReadonlySet<string>): Operand {
  const common = a.labels.filter((label) => b.labels.includes(label));
  const batch = common.filter((label) => wanted.has(label));
  const summed = common.filter((label) => !wanted.has(label));
  const rows = a.labels.filter((label) => !common.includes(label));
  const columns = b.labels.filter((label) => !common.includes(label));
  const labels = [...batch, ...rows, ...columns];
  const sizeIn =
    ({ tensor, labels: own }: Operand) =>
    (label: string) =>
      tensor.shape[own.indexOf(label)]!;
  const shape = [...[...batch, ...rows].map(sizeIn(a)), ...columns.map(sizeIn(b))];
  const isProduct = summed.length > 0 && a.tensor.dtype === 'float32' && b.tensor.dtype === 'float32';
  if (!isProduct) {
    const spread = (operand: Operand) => withAxes(operand, [...labels, ...summed]);
    const product = tf.mul(spread(a), spread(b));
    const axes = summed.map((_, i) => labels.length + i);
    return { tensor: axes.length > 0 ? tf.sum(product, axes) : product, labels };
  }
  const left = asMatrices(a, batch, rows, summed);
  const right = asMatrices(b, batch, summed, columns);
  const product = tf.matMul(left.matrices, right.matrices, left.isTransposed, right.isTransposed);
  return { tensor: tf.reshape(product, shape), labels };
}

/** A tensor [batch, rows, columns], or [batch, columns, rows] if its axes lie so already. */
function asMatrices(
  operand: Operand,
  batch: Labels,
  rows: Labels,
  columns: Labels,
): { matrices: tf.Tensor3D; isTransposed: boolean } {
  const { tensor, labels } = operand;
  const size = (group: Labels) =>
    tf.util.sizeFromShape(group.map((label) => tensor.shape[labels.indexOf(label)]!));
  const lies = (order: Labels) => order.every((label, axis) => label === labels[axis]);
  const isTransposed = lies([...batch, ...columns, ...rows]) && !lies([...batch, ...rows, ...columns]);
  const [down, across] = isTransposed ? [columns, rows] : [rows, columns];
  const matrices = tf.reshape(arranged(operand, [...batch, ...down, ...across]), [
    size(batch),
    size(down),
    size(across),
  ]);
  return { matrices: matrices as tf.Tensor3D, isTransposed };
}

/** The operand with its axes in the order of `order`, and axes of size 1 for labels that it lacks. */
export function withAxes(operand: Operand, order: Labels): tf.Tensor {
  const { tensor, labels } = operand;
  const own = order.filter((label) => labels.includes(label));
  const shape = order.map((label) => (labels.includes(label) ? tensor.shape[labels.indexOf(label)]! : 1));
  return tf.reshape(arranged(operand, own), shape);
}

/** The operand with its axes in this order. */
function arranged({ tensor, labels }: Operand, order: Labels): tf.Tensor {
  return transposed(
    tensor,
    order.map((label) => labels.indexOf(label)),
  );
}

function transposed(tensor: tf.Tensor, permutation: number[]): tf.Tensor {
  return permutation.every((axis, i) => axis === i) ? tensor : tf.transpose(tensor, permutation);
}
