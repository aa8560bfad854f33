/** Tensors without elements: of them tfjs's own kernels return what was in memory, divide by zero, or never end. */
// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: tests are not bundled, and name operations by their words
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import '../src/index.js';
import { resultOf, startWithUsedMemory } from './support/results.js';

const { POSITIVE_INFINITY: infinity } = Number;

beforeEach(startWithUsedMemory);

describe('of nothing', () => {
  it.each([
    ['sum', 0],
    ['prod', 1],
    ['max', -infinity],
    ['min', infinity],
  ] as const)('%s is its neutral element', (name, expected) => {
    expect(resultOf(() => tf[name](tf.zeros([2, 0, 3]), 1))).toEqual([
      'float32',
      [2, 3],
      Array(6).fill(expected),
    ]);
  });

  it.each([
    ['all', 1],
    ['any', 0],
  ] as const)('%s is its neutral element', (name, expected) => {
    expect(resultOf(() => tf[name](tf.zeros([0], 'bool')))).toEqual(['bool', [], [expected]]);
  });

  it('mean is NaN, or as empty as its result', () => {
    tf.tidy(() => {
      const empty = tf.zeros([0, 3, 3, 4]);
      for (const axes of [0, [0, 1, 2], undefined]) {
        expect(Array.from(tf.mean(empty, axes).dataSync()).every(Number.isNaN)).toBe(true);
      }
      const pooled = tf.mean(empty, [1, 2], true);
      expect([pooled.shape, pooled.dataSync().length]).toEqual([[0, 1, 1, 4], 0]);
      expect(tf.mean(tf.zeros([0, 2], 'int32'), 0).dtype).toBe('float32');
    });
  });

  it('cumsum, cumprod and prelu end', () => {
    const x = () => tf.zeros<tf.Rank.R3>([2, 0, 3]);
    for (const compute of [
      () => tf.cumsum(x(), 2),
      () => tf.cumprod(x(), 0),
      () => tf.prelu(x(), tf.ones([1, 1, 1])),
    ]) {
      expect(resultOf(compute)).toEqual(['float32', [2, 0, 3], []]);
    }
  });
});
