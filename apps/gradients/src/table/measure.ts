/** The value and the gradients of a case on the backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from './case.js';
import { signed } from './values.js';

export type Numbers = ArrayLike<number>;

// A type, not an interface: tf.tidy hands through what has an index signature.
export type Measured = {
  shape: number[];
  value: number[];
  /** One for each variable. */
  gradients: number[][];
};

/** dy, the gradient that comes from above: the same numbers for every backend. */
export function upstreamOf(shape: number[]): tf.Tensor {
  return tf.tensor(signed(shape, 77).values, shape);
}

/** Runs the case through tfjs's tape: y, and the gradients of the sum of y * dy. */
export function measure(gradientCase: GradientCase): Measured {
  const problem = gradientCase.make();
  try {
    return tf.tidy(() => {
      const y = problem.compute();
      const dy = upstreamOf(y.shape);
      if (problem.variables.length === 0) {
        return { shape: [...y.shape], value: Array.from(y.dataSync()), gradients: [] };
      }
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.mul(tf.cast(problem.compute(), 'float32'), dy)) as tf.Scalar,
        problem.variables,
      );
      const gradients = problem.variables.map((variable) => {
        const gradient = grads[variable.name];
        if (gradient === undefined || gradient === null) return new Array<number>(variable.size).fill(0);
        if (!tf.util.arraysEqual(gradient.shape, variable.shape)) {
          throw new WrongShape(`gradient of shape [${gradient.shape}] for an input of [${variable.shape}]`);
        }
        return Array.from(gradient.dataSync());
      });
      return { shape: [...y.shape], value: Array.from(y.dataSync()), gradients };
    });
  } finally {
    problem.dispose();
  }
}

/** A gradient that does not even have the shape of its input. */
export class WrongShape extends Error {}
