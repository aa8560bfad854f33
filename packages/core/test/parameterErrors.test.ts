import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { batchNormInference, layerNorm, registerBackend, rmsNorm } from '../src/index.js';
import { functions } from './support/everyNormalization.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';

beforeAll(() => registerBackend(genericBackend));

const x = tf.zeros([3, 4]);
type Call = (parameters: object) => unknown;

const calls = functions.flatMap(({ name, parameters, call }) =>
  parameters.map((parameter): [name: string, parameter: string, call: Call] => [
    name,
    parameter,
    (given) => call(x, given),
  ]),
);

describe.each(calls)('%s', (name, parameter, call) => {
  test.each([[[]], [[3]], [[1, 4]]])(`refuses ${parameter} of shape %j`, (shape) => {
    expect(refusalOf(() => call({ [parameter]: tf.ones(shape) }))).toMatchObject({
      code: 'BN_SHAPE',
      message: `${name}: ${parameter} must have shape [4], got [${shape.join(', ')}]`,
    });
  });

  test(`refuses ${parameter} of another dtype`, () => {
    expect(refusalOf(() => call({ [parameter]: tf.ones([4], 'int32') }))).toMatchObject({
      code: 'BN_DTYPE',
      message: `${name}: ${parameter} must have dtype float32, got int32; convert it with tf.cast(x, 'float32')`,
    });
  });

  test.each([
    ['a list', [1, 1, 1, 1], 'object'],
    ['null', null, 'null'],
  ])(`refuses %s for ${parameter}`, (_, value, got) => {
    expect(refusalOf(() => call({ [parameter]: value as unknown as tf.Tensor }))).toMatchObject({
      code: 'BN_DTYPE',
      message: `${name}: ${parameter} must be a tf.Tensor of dtype float32, got ${got}`,
    });
  });
});

test.each(['mean', 'variance'])('batchNormInference refuses to go without %s', (parameter) => {
  const statistics = { mean: tf.zeros([4]), variance: tf.ones([4]), [parameter]: undefined as never };
  expect(refusalOf(() => batchNormInference(x, statistics)).message).toBe(
    `batchNormInference: ${parameter} must be a tf.Tensor of dtype float32, got undefined`,
  );
});

test('layerNorm over two axes refuses a flat gamma', () => {
  const call = () => layerNorm(tf.zeros([2, 3, 4]), { normalizedShape: [3, 4], gamma: tf.ones([12]) });
  expect(refusalOf(call).message).toBe('layerNorm: gamma must have shape [3, 4], got [12]');
});

test('rmsNorm refuses a beta: it has none', () => {
  const options = { normalizedShape: 4, beta: tf.zeros([4]) };
  expect(refusalOf(() => rmsNorm(x, options)).message).toBe(
    "rmsNorm: unknown option 'beta'; the options are gamma, epsilon, normalizedShape",
  );
});
