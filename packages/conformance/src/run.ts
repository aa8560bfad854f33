/** Runs operations on the current tfjs backend: arrays in, arrays out, no tensors left behind. */
import { batchNorm, type Reducer } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { apply, type Tensors, toTensors } from './calls.js';
import type { Inputs, Operation } from './operation.js';

/** The tensors' values, which are disposed. Waits for them: backends on the GPU cannot always answer at once. */
export async function take<Name extends string>(
  tensors: Record<Name, tf.Tensor>,
): Promise<Record<Name, Float32Array>> {
  const entries = Object.entries<tf.Tensor>(tensors);
  const values = await Promise.all(entries.map(([, tensor]) => tensor.data<'float32'>()));
  tf.dispose(entries.map(([, tensor]) => tensor));
  return Object.fromEntries(entries.map(([name], i) => [name, Float32Array.from(values[i]!)])) as Record<
    Name,
    Float32Array
  >;
}

/** The value of one tensor, which is disposed. */
export async function takeOne(tensor: tf.Tensor): Promise<Float32Array> {
  return (await take({ tensor })).tensor;
}

/** y of an operation. */
export async function forward(
  operation: Operation,
  inputs: Omit<Inputs, 'dy'>,
  reducer?: Reducer,
): Promise<Float32Array> {
  const tensors = toTensors(operation, inputs);
  const y = apply(operation, tensors, reducer);
  tf.dispose(Object.values(tensors));
  return takeOne(y);
}

/** mean and variance of `batchNorm`. */
export async function statistics(
  operation: Operation,
  inputs: Inputs,
  reducer: Reducer,
): Promise<Record<'mean' | 'variance', Float32Array>> {
  const { x, mask, ...unused } = toTensors(operation, inputs);
  const { dataFormat, epsilon } = operation;
  const { y, mean, variance } = batchNorm(x, { mask, dataFormat, epsilon, reducer });
  tf.dispose([x, mask, y, unused]);
  return take({ mean, variance });
}

export interface Gradients {
  readonly dx: Float32Array;
  readonly dGamma?: Float32Array;
  readonly dBeta?: Float32Array;
  readonly dMean?: Float32Array;
  readonly dVariance?: Float32Array;
}

const gradientNames = {
  x: 'dx',
  gamma: 'dGamma',
  beta: 'dBeta',
  mean: 'dMean',
  variance: 'dVariance',
} as const;

type ArgumentName = keyof typeof gradientNames;

/** The tensors that an operation is a function of; a mask gets no gradient. */
export function argumentsOf(operation: Operation, tensors: Tensors): [ArgumentName, tf.Tensor][] {
  const { mask: _, ...rest } = tensors;
  const entries = Object.entries(rest) as [ArgumentName, tf.Tensor][];
  const given = operation.op === 'batchNormInference';
  return entries.filter(([name]) => given || (name !== 'mean' && name !== 'variance'));
}

/** Gradients of sum(y * dy) in every tensor that the operation is a function of, as tensors. */
export function gradientTensors(
  operation: Operation,
  tensors: Tensors,
  dy: tf.Tensor,
  reducer?: Reducer,
): Record<string, tf.Tensor> {
  const entries = argumentsOf(operation, tensors);
  const y = (...given: tf.Tensor[]) =>
    apply(
      operation,
      { ...tensors, ...Object.fromEntries(entries.map(([name], i) => [name, given[i]!])) },
      reducer,
    );
  const gradients = tf.grads(y)(
    entries.map(([, tensor]) => tensor),
    dy,
  );
  return Object.fromEntries(entries.map(([name], i) => [gradientNames[name], gradients[i]!]));
}

/** Gradients of sum(y * dy) in every tensor that the operation is a function of. */
export async function gradients(operation: Operation, inputs: Inputs, reducer?: Reducer): Promise<Gradients> {
  const tensors = toTensors(operation, inputs);
  const dy = tf.tensor(inputs.dy, [...operation.shape]);
  const results = gradientTensors(operation, tensors, dy, reducer);
  tf.dispose([dy, ...Object.values(tensors)]);
  return (await take(results)) as unknown as Gradients;
}
