/** A statistic over a single element: the element is its own mean, so that y is beta whatever x is. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { groupNorm, instanceNorm, layerNorm, registerBackend, rmsNorm } from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { expectClose, sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

type Parameters = { gamma: tf.Tensor; beta: tf.Tensor; epsilon: number };
const operations: [string, number[], number, (x: tf.Tensor, parameters: Parameters) => tf.Tensor][] = [
  ['groupNorm', [3, 4], 4, (x, parameters) => groupNorm(x, { ...parameters, numGroups: 4 })],
  ['instanceNorm', [3, 4, 1, 1], 4, (x, parameters) => instanceNorm(x, parameters)],
  ['layerNorm', [5, 1], 1, (x, parameters) => layerNorm(x, { ...parameters, normalizedShape: 1 })],
];

describe.each(operations)('%s over a single element', (_, shape, channels, run) => {
  const x = tf.mul(sample(shape), 1000);
  const weights = sample(shape, 2);
  const gamma = tf.fill([channels], 3.3);
  const beta = sample([channels], 3);
  // Any rounding error in dx is multiplied by a million.
  const loss = (...[input, scale, offset]: tf.Tensor[]) =>
    tf.sum(tf.mul(weights, run(input!, { gamma: scale!, beta: offset!, epsilon: 1e-12 })));

  test('has gradients of exactly 0 in x and gamma', () => {
    const [dx, dGamma] = tf.grads(loss)([x, gamma, beta]);
    expect(new Set([...dx!.dataSync(), ...dGamma!.dataSync()])).toEqual(new Set([0]));
  });

  test('has the sum of dy as gradient in beta', () => {
    const [, , dBeta] = tf.grads(loss)([x, gamma, beta]);
    expectClose(dBeta!, tf.sum(tf.reshape(weights, [-1, channels]), 0));
  });

  test('has gradients of gradients of exactly 0, in x, gamma and dy', () => {
    const slope = (...[input, scale, dy]: tf.Tensor[]) => {
      const y = (a: tf.Tensor, b: tf.Tensor) => run(a, { gamma: b, beta, epsilon: 1e-12 });
      const [dx, dGamma] = tf.grads(y)([input!, scale!], dy!);
      return tf.add(tf.sum(dx!), tf.sum(dGamma!));
    };
    for (const gradient of tf.grads(slope)([x, gamma, weights])) {
      expect(new Set(gradient.dataSync())).toEqual(new Set([0]));
    }
  });
});

test('rmsNorm of a single element has a gradient, since its mean is taken as 0', () => {
  const dx = tf.grad((x) => tf.sum(rmsNorm(x, { normalizedShape: 1, epsilon: 1 })))(tf.tensor2d([[1]]));
  // d/dx x (x^2 + 1)^(-1/2) = (x^2 + 1)^(-3/2)
  expectClose(dx, [2 ** -1.5]);
});
