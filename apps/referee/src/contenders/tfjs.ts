/** What the contenders on tfjs have in common. */
import type { CaseRow, GoldenCase, OutputName } from '@bn/conformance/golden';
import { parameterShape } from '@bn/conformance/golden';
import * as tf from '@tensorflow/tfjs';
import type { Answer, Method, Started } from './contender.js';

export const defaultEpsilon = 1e-5;

/** The tensors of a case, each parameter as a vector or, for layer norm, in the shape that is normalized. */
export interface Given {
  readonly x: tf.Tensor;
  readonly gamma?: tf.Tensor;
  readonly beta?: tf.Tensor;
  readonly mean?: tf.Tensor;
  readonly variance?: tf.Tensor;
}

/** The function of a case; undefined if there is none. */
export type FunctionOf = (row: CaseRow) => ((given: Given) => tf.Tensor) | undefined;

/** A way to normalize that is a function of tensors. */
export function functionOnTfjs(functionOf: FunctionOf): Omit<Started, 'versions'> {
  const method =
    (compute: (normalize: (given: Given) => tf.Tensor, golden: GoldenCase) => Promise<Answer>): Method =>
    (golden) => {
      const normalize = functionOf(golden.row);
      return normalize && compute(normalize, golden);
    };
  return {
    forward: method((normalize, golden) => valuesOf({ y: normalize(tensorsOf(golden)) })),
    gradients: method((normalize, golden) => {
      const { x, gamma, beta, ...rest } = tensorsOf(golden);
      const parameters = Object.entries({ gamma, beta }).filter(
        (entry): entry is [string, tf.Tensor] => !!entry[1],
      );
      const y = (x: tf.Tensor, ...values: tf.Tensor[]) =>
        normalize({ x, ...rest, ...Object.fromEntries(parameters.map(([name], i) => [name, values[i]!])) });
      return gradientsOf(golden, y, x, Object.fromEntries(parameters));
    }),
  };
}

/** dx, dGamma and dBeta of a function of x and the parameters, in their order. */
export function gradientsOf(
  { row, inputs }: GoldenCase,
  y: (x: tf.Tensor, ...parameters: tf.Tensor[]) => tf.Tensor,
  x: tf.Tensor,
  parameters: Readonly<{ gamma?: tf.Tensor; beta?: tf.Tensor }>,
): Promise<Answer> {
  const dy = tf.tensor(inputs.dy, [...row.shape]);
  const names = { gamma: 'dGamma', beta: 'dBeta' } as const;
  const [dx, ...rest] = tf.grads(y)([x, ...Object.values(parameters)], dy);
  const wanted = Object.keys(parameters) as (keyof typeof names)[];
  return valuesOf({ dx: dx!, ...Object.fromEntries(wanted.map((name, i) => [names[name], rest[i]!])) });
}

export function tensorsOf({ row, inputs }: GoldenCase): Given {
  const { x, gamma, beta, mean, variance } = inputs;
  const parameters = Object.entries({ gamma, beta, mean, variance }).filter(
    ([, values]) => values !== undefined,
  );
  return {
    x: tf.tensor(x, [...row.shape]),
    ...Object.fromEntries(
      parameters.map(([name, values]) => [name, tf.tensor(values!, parameterShape(row))]),
    ),
  };
}

export async function valuesOf(tensors: Partial<Record<OutputName, tf.Tensor>>): Promise<Answer> {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => [name, await tensor.data()] as const);
  return Object.fromEntries(await Promise.all(entries));
}
