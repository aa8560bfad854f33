/**
 * The gradient of tf.einsum, which tfjs has on no backend.
 *
 * y is linear in each operand, so an operand's gradient is the product of dy and of all others, summed over what the operand has
 * not: an einsum again. Labels of one operand alone were summed: their gradient is the same all along the axis. A diagonal's goes
 * back to the diagonal.
 */
import * as tf from '@tensorflow/tfjs-core';
import { contract, type Operand, withAxes, withoutStretched } from '../einsum/contract.js';
import { type Labels, parseEquation } from '../einsum/equation.js';

export const einsumGradient: tf.GradConfig = {
  kernelName: tf.Einsum,
  saveAllInputs: true,
  gradFunc: (dy, saved, attrs) => {
    const { equation } = attrs as unknown as tf.EinsumAttrs;
    const { operands, output, sizes } = parseEquation(
      equation,
      saved.map(({ shape }) => shape),
    );
    const gradientOf = (index: number): tf.Tensor => {
      const factors = operands.map(
        (labels, i): Operand => withoutStretched({ tensor: saved[i]!, labels }, sizes),
      );
      const others = factors.filter((_, i) => i !== index);
      const upstream = { tensor: dy as tf.Tensor, labels: output };
      const gradient = operandGradient([...others, upstream], factors[index]!.labels, sizes);
      return tf.reshape(gradient, saved[index]!.shape);
    };
    return Object.fromEntries(operands.map((_, i) => [i, () => gradientOf(i)]));
  },
};

/** @param labels Of the operand; those that are there twice are of a diagonal. */
function operandGradient(
  factors: readonly Operand[],
  labels: Labels,
  sizes: ReadonlyMap<string, number>,
): tf.Tensor {
  const known = new Set(factors.flatMap((factor) => factor.labels));
  const own = [...new Set(labels)];
  const summed = own.filter((label) => known.has(label));
  const gradient = { tensor: contract(factors, summed), labels: summed };
  const whole = tf.broadcastTo(
    withAxes(gradient, own),
    own.map((label) => sizes.get(label)!),
  );
  return ontoDiagonals(whole, own, labels);
}

/** The tensor of these labels from the one of each label once: 0 beside the diagonals. */
function ontoDiagonals(tensor: tf.Tensor, own: Labels, labels: Labels): tf.Tensor {
  const isFirst = (axis: number) => labels.indexOf(labels[axis]!) === axis;
  const size = (axis: number) => tensor.shape[own.indexOf(labels[axis]!)]!;
  const spread = tf.reshape(
    withAxes(
      { tensor, labels: own },
      labels.filter((_, axis) => isFirst(axis)),
    ),
    labels.map((_, axis) => (isFirst(axis) ? size(axis) : 1)),
  );
  return labels.reduce((product, label, axis) => {
    if (isFirst(axis)) return product;
    const first = labels.indexOf(label);
    const shape = labels.map((_, i) => (i === first || i === axis ? size(axis) : 1));
    return tf.mul(product, tf.reshape(tf.eye(size(axis)), shape));
  }, spread);
}
