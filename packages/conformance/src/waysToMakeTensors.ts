/** Ways to make tensors, of all types: a swap of backends must bring them along, value for value. */
import * as tf from '@tensorflow/tfjs-core';

type Values = readonly (number | string)[];

/** A tensor and its values. */
export interface Held {
  readonly tensor: tf.Tensor;
  readonly values: Values;
}

/**
 * Makes tensors on the current backend, of so many rows of 3 elements. Where it makes several, they may share data. It is run
 * in `tf.tidy`, which frees the others.
 */
export type Way = (rows: number) => Held[];

type Make = (rows: number) => Held;

const held = (tensor: tf.Tensor, values: Values): Held => ({ tensor, values });

/** So many values, which repeat a pattern. */
const repeat = (pattern: readonly number[], length: number) =>
  Array.from({ length }, (_, i) => pattern[i % pattern.length]!);

const floats = [0, 1.5, -2.25, Math.fround(3e-20), Math.fround(-1e30), 0.125];
/** No more than a float32 texture holds, too. */
const integers = [0, 1, -7, 255, 2 ** 24 - 1, -(2 ** 24)];
const bools = [0, 1, 1, 0, 1, 0, 0];
const bytes = [0, 1, 7, 128, 254, 255];

const matrix = (pattern: readonly number[], dtype: 'float32' | 'int32' | 'bool'): Make => {
  return (rows) => {
    const values = repeat(pattern, rows * 3);
    return held(tf.tensor(values, [rows, 3], dtype), values);
  };
};
const float32 = matrix(floats, 'float32');
const int32 = matrix(integers, 'int32');
const bool = matrix(bools, 'bool');

const oneHot: Make = (rows) => {
  const indices = repeat([1, 0, 2], rows);
  const values = indices.flatMap((index) => [0, 1, 2].map((i) => Number(i === index)));
  return held(tf.oneHot(tf.tensor1d(indices, 'int32'), 3), values);
};

const comparison: Make = (rows) => {
  const { tensor, values } = int32(rows);
  return held(
    tf.greater(tensor, tf.scalar(0, 'int32')),
    values.map((value) => Number(Number(value) > 0)),
  );
};

const fromPixels: Make = (rows) => {
  const data = Uint8Array.from(repeat(bytes, rows * 4));
  const values = [...data].filter((_, i) => i % 4 < 3);
  return held(tf.browser.fromPixels({ data, width: 1, height: rows }), values);
};

/** What is made of a tensor, and its values. */
type Derive = (x: tf.Tensor, values: Values) => Held;

/** A tensor, its cast to a wider type, which shares its data on some backends, and something made of the cast. */
const castOf =
  (make: Make, dtype: 'int32' | 'float32', derive?: Derive): Way =>
  (rows) => {
    const narrow = make(rows);
    const cast = held(tf.cast(narrow.tensor, dtype), narrow.values);
    return [narrow, cast, ...(derive ? [derive(cast.tensor, cast.values)] : [])];
  };

/** The last of what another way makes, while the rest is freed. */
const lastOf =
  (way: Way): Way =>
  (rows) =>
    way(rows).slice(-1);

const same =
  (f: (x: tf.Tensor) => tf.Tensor): Derive =>
  (x, values) =>
    held(f(x), values);

const transposed: Derive = (x, values) =>
  held(
    tf.transpose(x),
    [0, 1, 2].flatMap((column) => values.filter((_, i) => i % 3 === column)),
  );
const lastRow: Derive = (x, values) => held(tf.slice(x, [x.shape[0]! - 1, 0], [1, 3]), values.slice(-3));
const lastRows: Derive = (x, values) => held(tf.slice(x, [1, 0], [x.shape[0]! - 1, 3]), values.slice(3));
const lastColumns: Derive = (x, values) =>
  held(
    tf.slice(x, [0, 1], [x.shape[0]!, 2]),
    values.filter((_, i) => i % 3 > 0),
  );
const joined: Derive = (x, values) => held(tf.concat([x, tf.mul(x, 1)]), [...values, ...values]);
const assigned = (x: tf.Tensor) => {
  const variable = tf.variable(tf.zeros(x.shape));
  variable.assign(x);
  return variable;
};

const typedArrays = { Float32Array, Int32Array, Uint8Array, Uint8ClampedArray };

/** Each kind of typed array as each type, all of it and a part of it. */
const fromTypedArrays = Object.fromEntries(
  Object.entries(typedArrays).flatMap(([name, TypedArray]) =>
    (['float32', 'int32', 'bool'] as const).map((dtype): [string, Way] => [
      `a ${name} as ${dtype}, and a part of it`,
      (rows) => {
        const values = repeat(bools, rows * 3);
        const array = TypedArray.from(values);
        return [
          held(tf.tensor(array, [rows, 3], dtype), values),
          held(tf.tensor(array.subarray(1, -2), [rows - 1, 3], dtype), values.slice(1, -2)),
        ];
      },
    ]),
  ),
);

export const waysToMakeTensors: Readonly<Record<string, Way>> = {
  'numbers as float32': (rows) => [float32(rows)],
  'numbers as int32': (rows) => [int32(rows)],
  'numbers as bool': (rows) => [bool(rows)],
  ...fromTypedArrays,
  strings: () => [held(tf.tensor(['a', 'ß', '', '漢字'], [2, 2]), ['a', 'ß', '', '漢字'])],
  'no elements': (rows) => [
    held(tf.tensor([], [0, 3]), []),
    held(tf.slice(int32(rows).tensor, [0, 0], [0, 3]), []),
  ],

  'int32 and its cast to float32': castOf(int32, 'float32'),
  'bool and its cast to float32': castOf(bool, 'float32'),
  'bool and its cast to int32': castOf(bool, 'int32'),
  'bool cast to int32 and then to float32': castOf(
    bool,
    'int32',
    same((x) => tf.cast(x, 'float32')),
  ),
  'float32 cast to int32': (rows) => {
    const values = repeat([0.5, -1.5, 3.99, 255, 1e6, -(2 ** 24)], rows * 3);
    return [held(tf.cast(tf.tensor(values, [rows, 3]), 'int32'), values.map(Math.trunc))];
  },
  'a cast of int32 that is gone': lastOf(castOf(int32, 'float32')),
  'a cast of bool that is gone': lastOf(castOf(bool, 'int32')),

  'a clone of a cast': castOf(int32, 'float32', same(tf.clone)),
  'a clone of a cast that is gone': lastOf(castOf(bool, 'float32', same(tf.clone))),
  'a reshaped cast': castOf(
    bool,
    'float32',
    same((x) => tf.reshape(x, [-1])),
  ),
  'a transposed cast': castOf(int32, 'float32', transposed),
  'the last row of a cast of int32': castOf(int32, 'float32', lastRow),
  'the last row of a cast of bool': castOf(bool, 'float32', lastRow),
  'rows of a cast': castOf(bool, 'int32', lastRows),
  'columns of a cast': castOf(bool, 'float32', lastColumns),
  'rows joined with a cast': castOf(bool, 'float32', joined),
  'a variable': (rows) => {
    const { tensor, values } = float32(rows);
    return [held(tf.variable(tensor), values)];
  },
  'a variable of a cast': castOf(int32, 'float32', same(tf.variable)),
  'a variable that a cast is assigned to': castOf(bool, 'float32', same(assigned)),

  'a comparison and its cast': castOf(comparison, 'float32'),
  'pixels and their cast': castOf(fromPixels, 'float32'),
  'a cast of pixels that are gone': lastOf(castOf(fromPixels, 'float32')),
  'oneHot and its cast': castOf(oneHot, 'float32'),
  'a cast of oneHot that is gone': lastOf(castOf(oneHot, 'float32')),
};
