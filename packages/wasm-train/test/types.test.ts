/** Every type that tfjs allows gives right values: tfjs's own kernels read and write other types as if they were float32. */
// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: tests are not bundled, and name operations by their words
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import '../src/index.js';
import { resultOf, startWithUsedMemory } from './support/results.js';

type Type = 'float32' | 'int32' | 'bool';

const integers = () => tf.tensor1d([-300, -2, 0, 1, 7], 'int32');
const truths = () => tf.tensor1d([1, 0, 1, 1, 0], 'bool');
const withNaN = () => tf.tensor1d([-7, Number.NaN, 0.5, 9]);

beforeEach(startWithUsedMemory);

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

const cases: [name: string, compute: () => tf.Tensor, dtype: Type, shape: number[], values: number[]][] = [
  [
    'oneHot of float32',
    () => tf.oneHot([1, 0, 5], 2, 0.9, 0.1, 'float32'),
    'float32',
    [3, 2],
    [0.1, 0.9, 0.9, 0.1, 0.1, 0.1],
  ],
  ['oneHot of bool', () => tf.oneHot([1, 0], 2, 1, 0, 'bool'), 'bool', [2, 2], [0, 1, 1, 0]],
  [
    'reverse of bool',
    () =>
      tf.reverse(
        tf.tensor2d(
          [
            [1, 0],
            [1, 1],
          ],
          [2, 2],
          'bool',
        ),
        1,
      ),
    'bool',
    [2, 2],
    [0, 1, 1, 1],
  ],
  ['stridedSlice of bool', () => tf.stridedSlice(truths(), [0], [5], [2]), 'bool', [3], [1, 1, 0]],
  [
    'stridedSlice of int32',
    () => tf.stridedSlice(tf.tensor1d([2 ** 30 + 1, 2, 3], 'int32'), [0], [3], [2]),
    'int32',
    [2],
    [2 ** 30 + 1, 3],
  ],
  ['gather of bool', () => tf.gather(truths(), [4, 0, 2]), 'bool', [3], [0, 1, 1]],
  [
    'where of bool',
    () => tf.where(truths(), tf.logicalNot(truths()), truths()),
    'bool',
    [5],
    [0, 0, 0, 0, 0],
  ],
  [
    'where of two types',
    () => tf.where(truths(), integers(), tf.fill([5], 0.5)),
    'float32',
    [5],
    [-300, 0.5, 0, 1, 0.5],
  ],
  ['clipByValue of int32', () => tf.clipByValue(integers(), -2, 3), 'int32', [5], [-2, -2, 0, 1, 3]],
  ['clipByValue of NaN', () => tf.clipByValue(withNaN(), -2, 3), 'float32', [4], [-2, nan, 0.5, 3]],
  ['clipByValue of bool', () => tf.clipByValue(truths(), 0, 1), 'bool', [5], [1, 0, 1, 1, 0]],
  ['relu6 of NaN', () => tf.relu6(withNaN()), 'float32', [4], [0, nan, 0.5, 6]],
  ['maximum with NaN', () => tf.maximum(tf.scalar(1), withNaN()), 'float32', [4], [1, nan, 1, 9]],
  ['minimum with NaN', () => tf.minimum(tf.scalar(1), withNaN()), 'float32', [4], [-7, nan, 0.5, 1]],
  ['isNaN of int32', () => tf.isNaN(integers()), 'bool', [5], [0, 0, 0, 0, 0]],
  ['isFinite of int32', () => tf.isFinite(integers()), 'bool', [5], [1, 1, 1, 1, 1]],
  ['exp of bool', () => tf.exp(tf.tensor1d([0], 'bool')), 'float32', [1], [1]],
  ['norm of bool', () => tf.norm(truths(), 1), 'int32', [], [3]],
  [
    'cast of float32 to bool',
    () => tf.cast(tf.tensor1d([0.5, 0, -2, 256, nan, infinity]), 'bool'),
    'bool',
    [6],
    [1, 0, 1, 1, 1, 1],
  ],
  [
    'cast of int32 to bool',
    () => tf.cast(tf.tensor1d([256, 5, 0, -1], 'int32'), 'bool'),
    'bool',
    [4],
    [1, 1, 0, 1],
  ],
  [
    'floorDiv of floats',
    () => tf.floorDiv(tf.tensor1d([6, -6, 7]), tf.tensor1d([0.1, 0.1, 2])),
    'float32',
    [3],
    [59, -60, 3],
  ],
  ['div of int32 by 0', () => tf.div(integers(), tf.scalar(0, 'int32')), 'int32', [5], [0, 0, 0, 0, 0]],
  [
    'mod of int32',
    () => tf.mod(integers(), tf.tensor1d([7, 0, 3, 2, -4], 'int32')),
    'int32',
    [5],
    [1, 0, 0, 1, -1],
  ],
  [
    'pow of int32',
    () => tf.pow(tf.tensor1d([2, -3, 2], 'int32'), tf.tensor1d([10, 3, -1], 'int32')),
    'int32',
    [3],
    [1024, -27, 0],
  ],
  ['mod of bool', () => tf.mod(truths(), truths()), 'bool', [5], [0, 0, 0, 0, 0]],
  [
    'matMul of int32',
    () => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), tf.tensor2d([5, 6], [2, 1], 'int32')),
    'int32',
    [2, 1],
    [17, 39],
  ],
  ['cumsum of bool', () => tf.cumsum(truths()), 'int32', [5], [1, 1, 2, 3, 3]],
  [
    'bincount with weights of bool',
    () => tf.bincount(tf.tensor1d([1, 1, 2, 0, 0], 'int32'), truths(), 4),
    'int32',
    [4],
    [1, 1, 1, 0],
  ],
  [
    'prelu of int32',
    () => tf.prelu(integers(), tf.tensor1d([1, 2, 3, 4, 5], 'int32')),
    'float32',
    [5],
    [-300, -4, 0, 1, 7],
  ],
  [
    'batchNorm of int32',
    () => tf.batchNorm(integers(), tf.scalar(0), tf.scalar(1), undefined, undefined, 0),
    'float32',
    [5],
    [-300, -2, 0, 1, 7],
  ],
  [
    'a dense product of NaN with relu',
    () => tf.fused.matMul({ a: tf.fill([1, 2], nan), b: tf.ones([2, 1]), activation: 'relu' }),
    'float32',
    [1, 1],
    [nan],
  ],
  [
    'the confusion matrix',
    () => tf.math.confusionMatrix(tf.tensor1d([0, 1, 1], 'int32'), tf.tensor1d([0, 1, 0], 'int32'), 2),
    'int32',
    [2, 2],
    [1, 0, 1, 1],
  ],
];

describe('of every type', () => {
  it.each(cases)('%s', (_, compute, dtype, shape, values) => {
    expect(resultOf(compute)).toEqual([
      dtype,
      shape,
      values.map((value) => (dtype === 'float32' ? Math.fround(value) : value)),
    ]);
  });

  // neg(true) counts as true: a bool is 0 or 1.
  it.each(['abs', 'neg', 'relu', 'relu6', 'round', 'sign', 'square', 'step'] as const)(
    '%s of bool is the same truth',
    (name) => {
      const [, , values] = resultOf(() => tf[name](truths()));
      expect(values).toEqual([1, 0, 1, 1, 0]);
    },
  );

  it.each([
    'acosh',
    'asin',
    'asinh',
    'atan',
    'log1p',
    'neg',
    'reciprocal',
    'sinh',
    'softplus',
    'square',
  ] as const)('%s of int32 is what cpu gives', async (name) => {
    const compute = () => tf[name](tf.tensor1d([1, 2, 3], 'int32'));
    const ours = resultOf(compute);
    await tf.setBackend('cpu');
    expect(ours).toEqual(resultOf(compute));
  });

  const most = 2 ** 31 - 1;
  it.each([
    ['abs', [2 ** 24 + 1, -(2 ** 24) - 1, most, -most], [2 ** 24 + 1, 2 ** 24 + 1, most, most]],
    ['neg', [2 ** 24 + 1, -(2 ** 24) - 1, most, -most], [-(2 ** 24) - 1, 2 ** 24 + 1, -most, most]],
    ['square', [2 ** 14 + 1, -46340, most, -most, 2 ** 16 + 1], [268468225, 2147395600, 1, 1, 2 ** 17 + 1]],
    ['reciprocal', [0, 1, -1, 2 ** 24 + 1], [0, 1, -1, 0]],
  ] as const)('%s of int32 is exact beyond 2^24, to the low 32 bits', (name, values, expected) => {
    const compute = () => tf[name](tf.tensor1d([...values], 'int32'));
    expect(resultOf(compute)).toEqual(['int32', [values.length], [...expected]]);
  });

  // Bit patterns of which some are those of NaN and infinity as float32.
  it.each([
    ['isNaN', 0],
    ['isInf', 0],
    ['isFinite', 1],
  ] as const)('%s of int32 looks at no bits', (name, expected) => {
    const compute = () => tf[name](tf.tensor1d([1, -1, 0x7f800000, 0x7f800001, -0x800000], 'int32'));
    expect(resultOf(compute)).toEqual(['bool', [5], new Array(5).fill(expected)]);
  });
});

describe('nothing is left behind', () => {
  it('by any of these', () => {
    const before = tf.memory().numTensors;
    for (const [, compute] of cases) resultOf(compute);
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.engine().backend.numDataIds()).toBe(before);
  });
});
