/** The largest values of windows whose positions are asked for too, and windows that x has no room for. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import '../src/index.js';
import { startWithUsedMemory } from './support/results.js';

beforeEach(startWithUsedMemory);

describe('maxPoolWithArgmax', () => {
  it('takes the first of equal ones', () => {
    // 1 5 5
    // 5 0 0
    // 2 0 3
    const x = tf.tensor4d([1, 5, 5, 5, 0, 0, 2, 0, 3], [1, 3, 3, 1]);
    const { result, indexes } = tf.maxPoolWithArgmax(x, 2, 1, 'valid');
    expect([...result.dataSync()]).toEqual([5, 5, 5, 3]);
    expect([...indexes.dataSync()]).toEqual([1, 1, 3, 8]);
  });
});

describe('a window larger than x', () => {
  it.each([
    [
      'dilation2d',
      () => tf.dilation2d(tf.ones<tf.Rank.R4>([1, 2, 2, 1]), tf.ones<tf.Rank.R3>([4, 4, 1]), 1, 'valid'),
    ],
    [
      'maxPoolWithArgmax',
      () => tf.maxPoolWithArgmax(tf.ones<tf.Rank.R4>([1, 2, 2, 1]), 4, 1, 'valid').result,
    ],
  ] as const)('of %s is refused', (_, compute) => {
    expect(compute).toThrow(/\[4, 4\].*larger than x \[2, 2\]/);
  });
});
