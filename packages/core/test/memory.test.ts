import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, batchNorm, moments, type Normalization, registerBackend } from '../src/index.js';
import { type FunctionUnderTest, functions, layers } from './support/everyNormalization.js';
import { genericBackend } from './support/genericBackend.js';
import { sample, tensorsAddedBy } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

const x = sample([3, 4, 2]);
const parameters = { gamma: sample([4]), beta: sample([4]) };
const mask = tf.tensor1d([1, 0, 0.5]);
/** A variance must not be negative. */
const positive = (shape: number[]) => tf.add(tf.abs(sample(shape)), 0.5);
const layer = new BatchNorm({ numFeatures: 4 });
const untracked = new BatchNorm({ numFeatures: 4, trackRunningStats: false });

type Op = (input: tf.Tensor) => tf.Tensor | Record<string, tf.Tensor>;

/** With all its parameters, over the channels or the two trailing axes of x. */
function opOf({ name, over, parameters, call }: FunctionUnderTest): [string, number, Op] {
  const shape = over === 'channels' ? [4] : [4, 2];
  const given = Object.fromEntries(parameters.map((parameter) => [parameter, positive(shape)]));
  const options = { ...given, ...(over === 'trailingAxes' && { normalizedShape: shape }) };
  return [
    name,
    name === 'batchNorm' ? 3 : 1,
    (input) => {
      const result = call(input, options);
      return result instanceof tf.Tensor ? result : { ...result };
    },
  ];
}

const ops: [name: string, outputs: number, op: Op][] = [
  ...functions.map(opOf),
  ['moments', 2, (input) => moments(input)],
  ['batchNorm with a mask', 3, (input) => ({ ...batchNorm(input, { ...parameters, mask }) })],
  ['BatchNorm in training with a mask', 1, (input) => layer.apply(input, { training: true, mask })],
  ['BatchNorm in training', 1, (input) => layer.apply(input, { training: true })],
  ['BatchNorm at inference', 1, (input) => layer.apply(input, { training: false })],
  ['BatchNorm without running statistics', 1, (input) => untracked.apply(input, { training: false })],
];

/** Some scalar that depends on all outputs. */
function total(outputs: ReturnType<Op>): tf.Scalar {
  const tensors = outputs instanceof tf.Tensor ? [outputs] : Object.values(outputs);
  return tf.addN(tensors.map((tensor) => tf.sum(tf.square(tensor))));
}

describe.each(ops)('%s', (_, outputs, op) => {
  test('leaves exactly its outputs', () => {
    expect(tensorsAddedBy(() => op(x))).toBe(outputs);
  });

  test('leaves nothing once its outputs are disposed', () => {
    expect(tensorsAddedBy(() => tf.dispose(op(x)))).toBe(0);
  });

  test('leaves nothing of its data once its outputs are disposed', () => {
    const before = tf.engine().backend.numDataIds();
    tf.dispose(op(x));
    expect(tf.engine().backend.numDataIds()).toBe(before);
  });

  test('leaves nothing after tidy', () => {
    expect(tensorsAddedBy(() => void tf.tidy(() => void op(x)))).toBe(0);
  });

  test('leaves exactly the result of tidy', () => {
    expect(tensorsAddedBy(() => tf.tidy(() => total(op(x))))).toBe(1);
  });

  test('leaves exactly one gradient where one is asked for', () => {
    expect(tensorsAddedBy(() => tf.grad((input) => total(op(input)))(x))).toBe(1);
  });

  test('leaves exactly one gradient of a gradient', () => {
    const gradient = tf.grad((input) => total(op(input)));
    expect(tensorsAddedBy(() => tf.grad((input) => tf.sum(tf.square(gradient(input))))(x))).toBe(1);
  });

  test('leaves nothing of its data after a gradient of a gradient', () => {
    const gradient = tf.grad((input) => total(op(input)));
    const before = tf.engine().backend.numDataIds();
    tf.grad((input) => tf.sum(tf.square(gradient(input))))(x).dispose();
    expect(tf.engine().backend.numDataIds()).toBe(before);
  });
});

test('the statistics that batchNorm gives can be disposed one by one', () => {
  const { y, mean, variance } = batchNorm(x);
  mean.dispose();
  expect([y.isDisposed, variance.dataSync().length]).toEqual([false, 4]);
  tf.dispose([y, variance]);
});

const newLayers: [string, () => Normalization][] = [
  ...layers.map(({ name, over, make }): [string, () => Normalization] => [
    name,
    () => make({ affine: true, ...(over === 'trailingAxes' && { normalizedShape: 2 }) }),
  ]),
  ['BatchNorm without running statistics', () => new BatchNorm({ numFeatures: 4, trackRunningStats: false })],
];

describe.each(newLayers)('a new %s', (_, make) => {
  test('holds its weights and nothing else', () => {
    let made: Normalization | undefined;
    const added = tensorsAddedBy(() => {
      made = make();
    });
    expect(added).toBe(made?.weights.length);
  });

  test('is freed whole by dispose', () => {
    expect(tensorsAddedBy(() => make().dispose())).toBe(0);
  });

  test('is freed whole by dispose after it was used', () => {
    const added = tensorsAddedBy(() => {
      const used = make();
      used.apply(x, { training: true }).dispose();
      used.dispose();
    });
    expect(added).toBe(0);
  });

  test('survives the tidy that it was made in', () => {
    let made: Normalization | undefined;
    tf.tidy(() => {
      made = make();
    });
    expect(made?.apply(x, { training: true }).shape).toEqual(x.shape);
  });

  test('gives out a state dict of as many tensors as it has entries', () => {
    const made = make();
    let entries = 0;
    const added = tensorsAddedBy(() => {
      entries = Object.keys(made.stateDict()).length;
    });
    expect(added).toBe(entries);
  });

  test('keeps none of the tensors that it loads', () => {
    const made = make();
    const state = made.stateDict();
    expect(tensorsAddedBy(() => made.loadStateDict(state))).toBe(0);
  });
});
