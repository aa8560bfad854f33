import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { BatchNorm, registerBackend } from '../src/index.js';
import { channelInputs, epsilon } from './support/cases.js';
import { composedInference } from './support/composed.js';
import { genericBackend } from './support/genericBackend.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

// Before the tests are collected, which is when their layers are trained.
registerBackend(genericBackend);

/** A loss that weighs every element of y differently, and not linearly. */
const loss = (y: tf.Tensor) => tf.sum(tf.mul(sample(y.shape, 9), tf.square(y))) as tf.Scalar;

describe.each(channelInputs)('fine-tuning with frozen statistics, x of $shape, $dataFormat', (input) => {
  const { shape, dataFormat } = input;
  const x = sample(shape);
  const layer = new BatchNorm({ numFeatures: 4, epsilon, dataFormat });
  layer.apply(sample(shape, 2), { training: true });
  layer.gamma!.assign(sample([4], 3) as tf.Tensor1D);
  layer.beta!.assign(sample([4], 4) as tf.Tensor1D);

  const ours = (value: tf.Tensor) => layer.apply(value, { training: false });
  const composed = (value: tf.Tensor) =>
    composedInference(value, layer.runningMean!, layer.runningVariance!, layer, dataFormat, epsilon);

  test('has the gradient of its formula in x', () => {
    const gradient = (f: typeof ours) => tf.grad((value) => loss(f(value)))(x);
    expectClose(gradient(ours), gradient(composed));
  });

  test('has the gradient of its gradient in x', () => {
    const second = (f: typeof ours) => tf.grad((value) => loss(tf.grad((inner) => loss(f(inner)))(value)))(x);
    expectClose(second(ours), second(composed), 5e-4);
  });

  test.each(['gamma', 'beta'] as const)('has the gradient of its formula in %s', (name) => {
    const gradient = (f: typeof ours) => {
      const { grads } = tf.variableGrads(() => loss(f(x)), layer.trainableWeights);
      return grads[layer[name]!.name]!;
    };
    expectClose(gradient(ours), gradient(composed));
  });

  test('has the gradient of its gradient in gamma', () => {
    const second = (f: typeof ours) => {
      const penalty = () => loss(tf.grad((value) => loss(f(value)))(x));
      return tf.variableGrads(penalty, [layer.gamma!]).grads[layer.gamma!.name]!;
    };
    expectClose(second(ours), second(composed), 5e-4);
  });

  test('leaves the running statistics as they were', () => {
    const before = tf.concat([layer.runningMean!, layer.runningVariance!]).dataSync();
    tf.train.sgd(0).minimize(() => loss(ours(x)), false, layer.trainableWeights);
    expect(tf.concat([layer.runningMean!, layer.runningVariance!]).dataSync()).toEqual(before);
  });

  test('leaves exactly one gradient', () => {
    expect(tensorsAddedBy(() => tf.grad((value) => loss(ours(value)))(x))).toBe(1);
  });
});
