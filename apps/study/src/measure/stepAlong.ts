/** Weights moved along a gradient for a while. */
import * as tf from '@tensorflow/tfjs';
import type { Gradients } from './gradient.js';

/** Copies of the variables' values; dispose them. */
export const snapshot = (variables: readonly tf.Variable[]): tf.Tensor[] =>
  tf.tidy(() => variables.map((variable) => tf.keep(tf.clone(variable))));

/** Sets the variables to such copies, which stay the caller's. */
export function restore(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  tf.tidy(() => {
    for (const [i, variable] of variables.entries()) variable.assign(tf.clone(values[i]!));
  });
}

/** w - size * gradient for each variable. */
export function moveAlong(variables: readonly tf.Variable[], gradients: Gradients, size: number): void {
  tf.tidy(() => {
    for (const [i, variable] of variables.entries()) {
      variable.assign(tf.sub(variable, tf.mul(tf.tensor(gradients[i]!, variable.shape), size)));
    }
  });
}

/** Runs `measure` at w - size * gradient, then puts the weights back, bit for bit. */
export async function atStep<T>(
  variables: readonly tf.Variable[],
  gradients: Gradients,
  size: number,
  measure: () => Promise<T>,
): Promise<T> {
  const before = snapshot(variables);
  try {
    moveAlong(variables, gradients, size);
    return await measure();
  } finally {
    restore(variables, before);
    tf.dispose(before);
  }
}
