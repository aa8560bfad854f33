import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, batchNormInference, LayerNorm, layerNorm, registerBackend } from '../src/index.js';
import { type FunctionUnderTest, functions } from './support/everyNormalization.js';
import { genericBackend } from './support/genericBackend.js';
import { tensorsAddedBy } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

const x = tf.zeros([0, 4, 2]);
const statistics = { mean: tf.zeros([4]), variance: tf.ones([4]) };

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;
type Case = [name: string, parameters: tf.Tensor[], op: Op];

/** With all its parameters, over the channels or the two trailing axes of x. */
function caseOf({ name, over, parameters, call }: FunctionUnderTest): Case {
  const shape = over === 'channels' ? [4] : [4, 2];
  const options = over === 'channels' ? {} : { normalizedShape: shape };
  const op: Op = (input, ...given) =>
    call(input!, {
      ...options,
      ...Object.fromEntries(parameters.map((parameter, i) => [parameter, given[i]])),
    }) as tf.Tensor;
  return [name, parameters.map(() => tf.ones(shape)), op];
}

const ops: Case[] = [
  // batchNorm has no statistics of an empty batch, and refuses it.
  ...functions.filter(({ name }) => name !== 'batchNorm').map(caseOf),
  ['batchNormInference without gamma and beta', [], (input) => batchNormInference(input!, statistics)],
];

describe.each(ops)('an empty batch in %s', (_, parameters, op) => {
  const inputs = [x, ...parameters];
  const total = (...tensors: tf.Tensor[]) => tf.sum(tf.square(op(...tensors))) as tf.Scalar;

  test('has gradients of the shapes of its inputs', () => {
    const shapes = tf
      .grads(total)(inputs)
      .map(({ shape }) => shape);
    expect(shapes).toEqual(inputs.map(({ shape }) => shape));
  });

  test('has gradients of 0 in its parameters', () => {
    const values = tf
      .grads(total)(inputs)
      .flatMap((gradient) => Array.from(gradient.dataSync()));
    expect(values).toEqual(values.map(() => 0));
  });

  test.each(parameters.map((_parameter, i) => [i + 1] as const))('has a gradient in input %i alone', (i) => {
    const f = (input: tf.Tensor) => total(...inputs.map((other, j) => (i === j ? input : other)));
    expect(tf.grad(f)(inputs[i]!).shape).toEqual(inputs[i]!.shape);
  });

  test('has gradients of gradients of 0', () => {
    const second = (...tensors: tf.Tensor[]) =>
      tf.addN(
        tf
          .grads(total)(tensors)
          .map((gradient) => tf.sum(tf.square(gradient))),
      ) as tf.Scalar;
    const values = tf
      .grads(second)(inputs)
      .flatMap((gradient) => Array.from(gradient.dataSync()));
    expect(values).toEqual(values.map(() => 0));
  });

  test('leaves nothing but its y', () => {
    expect(tensorsAddedBy(() => op(...inputs))).toBe(1);
  });

  test('leaves nothing but its gradients', () => {
    expect(tensorsAddedBy(() => tf.grads(total)(inputs))).toBe(inputs.length);
  });
});

test('x is given zeros for any gamma, even NaN', () => {
  const gamma = tf.fill([3], Number.NaN);
  const f = (input: tf.Tensor, scale: tf.Tensor) => layerNorm(input, { normalizedShape: 3, gamma: scale });
  const [, dGamma] = tf.grads(f as Op)([tf.zeros([0, 3]), gamma]);
  expect(Array.from(dGamma!.dataSync())).toEqual([0, 0, 0]);
});

test.each([
  ['BatchNorm', new BatchNorm({ numFeatures: 4 })],
  ['LayerNorm', new LayerNorm({ normalizedShape: [4, 2] })],
])('an optimizer takes a step of %s on an empty batch and moves nothing', (_, layer) => {
  const before = layer.weights.map((weight) => Array.from(weight.dataSync()));
  const cost = () => tf.sum(layer.apply(x, { training: false })) as tf.Scalar;
  tf.train.sgd(0.1).minimize(cost, false, layer.trainableWeights);
  expect(layer.weights.map((weight) => Array.from(weight.dataSync()))).toEqual(before);
});
