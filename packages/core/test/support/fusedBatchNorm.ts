/** tf.batchNorm, and what it is compared with. */
import * as tf from '@tensorflow/tfjs-core';
import { vi } from 'vitest';
import { genericBackend } from './genericBackend.js';
import { sample } from './tensors.js';

/** The generic backend with the kernels watched that batch norm with given statistics runs. */
export const watched = {
  normalize: vi.fn(genericBackend.normalize),
  gradientSums: vi.fn(genericBackend.gradientSums),
  inputGradient: vi.fn(genericBackend.inputGradient),
};
export const watchedBackend = { ...genericBackend, ...watched };

export const EPSILON = 0.01;
const positive = (shape: number[]) => tf.add(tf.square(sample(shape, 3)), 0.3);

/** x, mean, variance, offset, scale, in the order of tf.batchNorm. */
export const inputsOf = (shape: number[], parameterShape: number[]): tf.Tensor[] => [
  sample(shape, 1),
  sample(parameterShape, 2),
  positive(parameterShape),
  sample(parameterShape, 4),
  sample(parameterShape, 5),
];

export const batchNorm = (...[x, mean, variance, offset, scale]: tf.Tensor[]) =>
  tf.batchNorm(
    x!,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    offset as tf.Tensor1D,
    scale as tf.Tensor1D,
    EPSILON,
  );

export const formula = (...[x, mean, variance, offset, scale]: tf.Tensor[]) =>
  tf.add(tf.mul(tf.div(tf.sub(x!, mean!), tf.sqrt(tf.add(variance!, EPSILON))), scale!), offset!);
