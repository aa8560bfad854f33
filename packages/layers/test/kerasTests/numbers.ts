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

function gather(x: tf.Tensor, groupOf: GroupOf): { values: number[]; groups: string[] } {
  const { shape, strides } = x;
  const values = valuesOf(x);
  const groups = values.map((_, flat) =>
    String(groupOf(shape.map((size, i) => Math.floor(flat / (strides[i] ?? 1)) % size))),
  );
  return { values, groups };
}

/** Mean, biased variance and mean square of each group. */
export function momentsOf(x: tf.Tensor, groupOf: GroupOf) {
  const { values, groups } = gather(x, groupOf);
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => {
    members.set(group, [...(members.get(group) ?? []), values[i]!]);
  });
  const average = (numbers: number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return new Map(
    [...members].map(([group, numbers]) => {
      const mean = average(numbers);
      const variance = average(numbers.map((value) => (value - mean) ** 2));
      return [group, { mean, variance, square: average(numbers.map((value) => value ** 2)) }];
    }),
  );
}

type Moments = { mean: number; variance: number; square: number };

/** Each element by a formula of itself and the moments of its group. */
export function mapped(
  x: tf.Tensor,
  groupOf: GroupOf,
  formula: (value: number, moments: Moments) => number,
): number[] {
  const moments = momentsOf(x, groupOf);
  const { values, groups } = gather(x, groupOf);
  return values.map((value, i) => formula(value, moments.get(groups[i]!)!));
}

export const standardized = (x: tf.Tensor, groupOf: GroupOf, epsilon = 1e-3): number[] =>
  mapped(x, groupOf, (value, { mean, variance }) => (value - mean) / Math.sqrt(variance + epsilon));

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
