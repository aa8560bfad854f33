/** tfjs's own batch norm on the normalization kernels: values, gradients, and what is left to tfjs. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerFusedBatchNorm, unregisterFusedBatchNorm } from '../src/accelerate/index.js';
import { registerBackend, ShapeError } from '../src/index.js';
import { batchNorm, EPSILON, formula, inputsOf, watched, watchedBackend } from './support/fusedBatchNorm.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

beforeEach(() => {
  vi.clearAllMocks();
  registerBackend(watchedBackend);
  registerFusedBatchNorm('cpu');
});
afterEach(() => unregisterFusedBatchNorm('cpu'));

const expressed: [number[], number[]][] = [
  [[5, 3], [3]],
  [
    [5, 3],
    [1, 3],
  ],
  [[4, 5, 3], [3]],
  [
    [4, 3, 5],
    [1, 3, 1],
  ],
  [[2, 4, 5, 3], [3]],
  [
    [2, 4, 5, 3],
    [1, 1, 1, 3],
  ],
  [
    [2, 3, 4, 5],
    [1, 3, 1, 1],
  ],
  [[2, 4, 5, 1], [1]],
];

describe.each(expressed)('tf.batchNorm of x %j with parameters %j', (shape, parameterShape) => {
  const inputs = () => inputsOf(shape, parameterShape);

  test('runs our kernel and gives what the formula gives', () => {
    const y = batchNorm(...inputs());
    expect(watched.normalize).toHaveBeenCalledOnce();
    expect(y.shape).toEqual(shape);
    expectClose(y, formula(...inputs()));
  });

  test('has the gradients of the formula in all five inputs, from our kernels', () => {
    const dy = sample(shape, 6);
    const gradients = tf.grads(batchNorm)(inputs(), dy);
    expect(watched.inputGradient).toHaveBeenCalledOnce();
    tf.grads(formula)(inputs(), dy).forEach((expected, i) => {
      expect(gradients[i]!.shape).toEqual(expected.shape);
      expectClose(gradients[i]!, expected);
    });
  });

  test('leaves one tensor, and gradients of the five inputs five', () => {
    const given = inputs();
    const dy = sample(shape, 6);
    const results: tf.Tensor[] = [];
    expect(tensorsAddedBy(() => results.push(batchNorm(...given)))).toBe(1);
    expect(tensorsAddedBy(() => results.push(...tf.grads(batchNorm)(given, dy)))).toBe(5);
    // What has been disposed of too often is no longer there.
    expect(results.every((result) => Number.isFinite(result.dataSync()[0]))).toBe(true);
  });
});

describe('tf.batchNorm', () => {
  test.each([
    ['offset', [0, 1, 2, 4]],
    ['scale', [0, 1, 2, 3]],
  ])('takes a missing %s', (_, given) => {
    const inputs = inputsOf([4, 3], [3]);
    const [x, mean, variance, offset, scale] = inputs.map((input, i) =>
      given.includes(i) ? input : undefined,
    );
    const y = tf.batchNorm(
      x!,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      EPSILON,
    );
    const offsetOrZero = offset ?? tf.zeros([3]);
    const scaleOrOne = scale ?? tf.ones([3]);
    expectClose(y, formula(x!, mean!, variance!, offsetOrZero, scaleOrOne));
    expect(watched.normalize).toHaveBeenCalledOnce();
  });

  test('has second gradients', () => {
    const [x, ...parameters] = inputsOf([4, 3], [3]);
    const second = (f: typeof formula) =>
      tf.grad((input) => tf.sum(tf.square(tf.grad((z) => tf.square(f(z, ...parameters)))(input))))(x!);
    expectClose(second(batchNorm), second(formula), 1e-4);
  });

  test.each<[string, number[], number[], tf.DataType]>([
    ["parameters of x's shape", [2, 2, 2, 3], [2, 2, 2, 3], 'float32'],
    ['parameters per position', [2, 2, 4, 3], [1, 1, 4, 3], 'float32'],
    ['int32', [2, 2, 2, 3], [3], 'int32'],
    ['an empty x', [0, 2, 2, 3], [3], 'float32'],
  ])('leaves %s to tfjs', (_, shape, parameterShape, dtype) => {
    const [x, ...parameters] = inputsOf(shape, parameterShape);
    const run = () => batchNorm(tf.cast(x!, dtype), ...parameters);
    const y = run();
    expect(watched.normalize).not.toHaveBeenCalled();
    unregisterFusedBatchNorm('cpu');
    expectClose(y, run());
  });

  test("leaves the gradients of parameters of x's shape to tfjs", () => {
    const inputs = inputsOf([2, 2, 2, 3], [2, 2, 2, 3]);
    const gradients = tf.grads(batchNorm)(inputs);
    expect(watched.gradientSums).not.toHaveBeenCalled();
    tf.grads(formula)(inputs).forEach((expected, i) => {
      expectClose(gradients[i]!, expected);
    });
  });
});

describe('an empty mean and variance, as graph models with is_training: true have them', () => {
  const empty = () => tf.zeros([0]) as tf.Tensor1D;

  test.each([
    ['without acceleration', () => unregisterFusedBatchNorm('cpu')],
    ['with acceleration', () => {}],
  ])('are refused %s, and say what to import', (_, prepare) => {
    prepare();
    const [x, mean, variance, scale] = [sample([2, 3]), empty(), empty(), tf.ones([3])];
    const run = () => tf.batchNorm(x, mean, variance, undefined, scale as tf.Tensor1D);
    expect(tensorsAddedBy(() => expect(run).toThrow(ShapeError))).toBe(0);
    expect(run).toThrow(
      /^tf\.batchNorm: mean and variance are empty.*import { registerGraphOps } from '@bn\/core\/graph'/,
    );
    expect(() => tf.grad((input) => tf.batchNorm(input, mean, variance))(x)).toThrow(ShapeError);
    expect(() => tf.batchNorm(x, tf.zeros([3]), variance)).toThrow(ShapeError);
  });

  test('are taken with an empty x', () => {
    expect(tf.batchNorm(tf.zeros([2, 0]) as tf.Tensor2D, empty(), empty()).shape).toEqual([2, 0]);
  });
});
