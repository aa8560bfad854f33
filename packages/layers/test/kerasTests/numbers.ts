/** The numbers that a normalization must give, in float64 from the formula. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../support/compare.js';

export const valuesOf = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
export const apply = (layer: tf.layers.Layer, x: tf.Tensor, keywords: object = {}): tf.Tensor =>
  layer.apply(x, keywords) as tf.Tensor;

/** Normal values around 5 with the standard deviation 10, as in many tests of Keras. */
export const normal = (shape: number[], seed = 1): tf.Tensor =>
  tf.randomNormal(shape, 5, 10, 'float32', seed);

/** Which elements are normalized together. */
export type GroupOf = (index: number[]) => string | number;

/** Along this axis every index is a group. */
export const perIndexOf = (axis: number): GroupOf => {
  return (index) => index.at(axis)!;
};
/** Every place outside of these axes is a group. */
export const over = (axes: number[]): GroupOf => {
  return (index) =>
    index.filter((_, axis) => !axes.includes(axis) && !axes.includes(axis - index.length)).join();
};
/** Each sample and each of so many groups of the channels on this axis. */
export const groupsOf = (count: number, channels: number, axis: number): GroupOf => {
  return (index) => `${index[0]} ${Math.floor(index.at(axis)! / (channels / count))}`;
};

/** Values in float64, and their shape. */
interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
const numbersOf = (x: tf.Tensor): Numbers => ({ shape: x.shape, values: valuesOf(x) });

function gather({ shape, values }: Numbers, groupOf: GroupOf) {
  const strides = tf.util.computeStrides([...shape]);
  const groups = values.map((_, flat) =>
    String(groupOf(shape.map((size, i) => Math.floor(flat / (strides[i] ?? 1)) % size))),
  );
  return { values, groups };
}

/** Mean, biased variance and mean square of each group. */
export const momentsOf = (x: tf.Tensor, groupOf: GroupOf) => momentsIn(numbersOf(x), groupOf);

function momentsIn(numbers: Numbers, groupOf: GroupOf): Map<string, Moments> {
  const { values, groups } = gather(numbers, groupOf);
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => {
    members.set(group, [...(members.get(group) ?? []), values[i]!]);
  });
  const average = (part: number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  return new Map(
    [...members].map(([group, part]) => {
      const mean = average(part);
      const variance = average(part.map((value) => (value - mean) ** 2));
      return [group, { mean, variance, square: average(part.map((value) => value ** 2)) }];
    }),
  );
}

type Moments = { mean: number; variance: number; square: number };

/** Each element by a formula of itself and the moments of its group. */
function mappedIn(
  numbers: Numbers,
  groupOf: GroupOf,
  formula: (value: number, moments: Moments) => number,
): number[] {
  const moments = momentsIn(numbers, groupOf);
  const { values, groups } = gather(numbers, groupOf);
  return values.map((value, i) => formula(value, moments.get(groups[i]!)!));
}

export const mapped = (
  x: tf.Tensor,
  groupOf: GroupOf,
  formula: (value: number, moments: Moments) => number,
): number[] => mappedIn(numbersOf(x), groupOf, formula);

/** (value - mean) / sqrt(variance + epsilon). */
export const standardizedValues = (
  values: readonly number[],
  shape: readonly number[],
  groupOf: GroupOf,
  epsilon: number,
): number[] =>
  mappedIn(
    { values, shape },
    groupOf,
    (value, { mean, variance }) => (value - mean) / Math.sqrt(variance + epsilon),
  );

export const standardized = (x: tf.Tensor, groupOf: GroupOf, epsilon = 1e-3): number[] =>
  standardizedValues(valuesOf(x), x.shape, groupOf, epsilon);

/** Each group of y has mean 0 and variance 1. */
export function expectStandard(y: tf.Tensor, groupOf: GroupOf, tolerance = 1e-3): void {
  const moments = [...momentsOf(y, groupOf).values()];
  expectClose(
    moments.map(({ mean }) => mean),
    moments.map(() => 0),
    tolerance,
  );
  expectClose(
    moments.map(({ variance }) => Math.sqrt(variance)),
    moments.map(() => 1),
    tolerance,
  );
}

/** Weights above the largest float16 come back as they are. */
export function keepsLargeValues(layer: tf.layers.Layer, channels: number): void {
  layer.build([1, 4, 4, channels]);
  layer.setWeights(layer.getWeights().map(({ shape }) => tf.fill(shape, 7e4)));
  for (const weight of layer.getWeights()) {
    for (const value of valuesOf(weight)) expect(value).toBe(7e4);
  }
}
