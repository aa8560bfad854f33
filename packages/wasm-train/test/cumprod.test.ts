/** The gradient of a cumulative product, which tfjs lacks, against plain loops in float64. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { expectClose, random } from './support/compare.js';

describe('the gradient of cumprod', () => {
  /** dx_i is the sum over j of dy_j times the product of the x that y_j has, without x_i. */
  const expected = (x: readonly number[], dy: readonly number[], exclusive: boolean) =>
    x.map((_, i) =>
      x.reduce((sum, _value, j) => {
        const factors = x.slice(0, exclusive ? j : j + 1);
        return i < factors.length
          ? sum + dy[j]! * factors.reduce((product, value, k) => (k === i ? product : product * value), 1)
          : sum;
      }, 0),
    );

  it.each([
    ['of numbers', [0.5, -2, 1.5, 3, -0.25, 1.1, 0.9]],
    ['of one zero', [0.5, -2, 0, 3, -0.25]],
    ['of two zeros', [2, 0, 3, 0, 5, 6]],
    ['of one number', [3]],
  ])('%s', async (_, x) => {
    for (const backend of ['wasm', 'cpu']) {
      await tf.setBackend(backend);
      for (const exclusive of [false, true]) {
        for (const reverse of [false, true]) {
          const dy = random(x.length, 5);
          const gradient = tf.tidy(() => {
            const f = (z: tf.Tensor) => tf.cumprod(z, 0, exclusive, reverse);
            return tf.grad(f)(tf.tensor1d(x), tf.tensor1d(dy)).dataSync();
          });
          const inOrder = (values: Iterable<number>) => (reverse ? [...values].reverse() : [...values]);
          const truth = inOrder(expected(inOrder(x), inOrder(dy), exclusive));
          expectClose(gradient, truth);
        }
      }
    }
  });

  it('of several axes is along the one', async () => {
    await tf.setBackend('wasm');
    const x = tf.tensor3d(random(24, 6), [2, 3, 4]);
    const dy = tf.tensor3d(random(24, 7), [2, 3, 4]);
    const along = (axis: number) => tf.grad((z: tf.Tensor) => tf.cumprod(z, axis))(x, dy);
    const moved = tf.grad((z: tf.Tensor) =>
      tf.transpose(tf.cumprod(tf.transpose(z, [0, 2, 1]), 2), [0, 2, 1]),
    )(x, dy);
    expectClose(along(1).dataSync(), moved.dataSync());
    expect(along(0).shape).toEqual([2, 3, 4]);
  });

  it('of nothing is nothing', async () => {
    await tf.setBackend('wasm');
    expect(tf.grad((z: tf.Tensor) => tf.cumprod(z, 1))(tf.zeros([0, 3]), tf.zeros([0, 3])).shape).toEqual([
      0, 3,
    ]);
    expect(tf.grad((z: tf.Tensor) => tf.cumprod(z, 1))(tf.zeros([3, 0]), tf.zeros([3, 0])).shape).toEqual([
      3, 0,
    ]);
  });
});
