/** Axes as Keras counts them. */
import { OptionError, ShapeError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Shape } from './normalizationLayer.js';

const format = (value: unknown): string => JSON.stringify(value);

/**
 * An axis, or several, as a list.
 *
 * @throws OptionError unless it is an integer or a non-empty list of them.
 */
export function checkAxes(layer: string, axis: number | readonly number[]): number[] {
  const axes = Array.isArray(axis) ? axis : [axis];
  if (axes.length > 0 && axes.every(Number.isInteger)) return axes;
  throw new OptionError(`${layer}: axis must be an integer or a list of integers, got ${format(axis)}`);
}

/**
 * One axis; a list of one, as which Keras 2 saves it, will do.
 *
 * @throws OptionError
 */
export function checkOneAxis(layer: string, axis: number | readonly number[]): number {
  const axes = checkAxes(layer, axis);
  if (axes.length === 1) return axes[0]!;
  throw new OptionError(
    `${layer}: axis must be one axis, got ${format(axis)}; reshape the input so that these axes are one`,
  );
}

/**
 * The axes counted from the front and ascending, as Keras sorts them, and their sizes.
 *
 * @param shape of the input, null for sizes that are not fixed.
 * @throws OptionError for axes outside of the rank or given twice; ShapeError if the size of one is not fixed; TypeError for the
 * shapes of several inputs.
 */
export function resolveAxes(layer: string, axes: readonly number[], shape: Shape) {
  if (shape.some(Array.isArray)) throw new TypeError(`${layer}: takes one input, got ${shape.length}`);
  const rank = shape.length;
  const resolved = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (resolved.some((axis, i) => axis < 0 || axis >= rank || axis === resolved[i - 1])) {
    throw new OptionError(
      `${layer}: axis must be in [-${rank}, ${rank}), and none twice, for an input of shape ${format(shape)}, got ${format(axes)}`,
    );
  }
  const sizes = resolved.map((axis) => {
    const size = shape[axis];
    if (size != null) return size;
    throw new ShapeError(
      `${layer}: axis ${axis} of the input must have a fixed size, got shape ${format(shape)}; give it in inputShape`,
    );
  });
  return { axes: resolved, sizes };
}

/**
 * The shape of the output, which is that of the input; null for sizes that are not fixed.
 *
 * @throws OptionError for axes outside of the rank or given twice.
 */
export function outputShape(
  layer: string,
  axes: readonly number[],
  inputShape: Shape | Shape[],
): Shape | Shape[] {
  const sizes = (inputShape as Shape).map((size) => size ?? 1);
  resolveAxes(layer, axes, sizes);
  return inputShape;
}

/** What tfjs checks every later input of a layer against: the rank, and the size of this axis. */
export function inputSpecOf(shape: Shape, axis: number): tfl.InputSpec[] {
  return [new tfl.InputSpec({ ndim: shape.length, axes: { [axis]: shape[axis]! } })];
}

/** Runs f on x with these axes last, and puts them back in the result, which has x's shape. */
export function withAxesLast(
  x: tf.Tensor,
  axes: readonly number[],
  f: (x: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const order = [...x.shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  if (order.every((axis, i) => axis === i)) return f(x);
  const inverse = order.map((_, i) => order.indexOf(i));
  return tf.transpose(f(tf.transpose(x, order)), inverse);
}
