/** A case of the table: something differentiable, to be computed in the same words on every backend. */
import * as tf from '@tensorflow/tfjs';

/** What a case computes, on the backend in use. */
export interface Problem {
  /** In respect to these the gradients are taken. */
  readonly variables: tf.Variable[];
  /** May be called again and again; the variables change in between. */
  compute(): tf.Tensor;
  dispose(): void;
}

export interface GradientCase {
  /** How it differs from the other cases of its row: 'stride 2, same'. */
  readonly name: string;
  make(): Problem;
}

/** Numbers that an input starts with, all of them float32. */
export interface Values {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** tfjs keeps variables by name, all backends and layers together. */
let variables = 0;

export function variable({ shape, values }: Values): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, shape), true, `input${variables++}`));
}

/** A case of tensors in, tensor out. */
export function operation<Inputs extends tf.Tensor[]>(
  name: string,
  inputs: Values[],
  compute: (...inputs: Inputs) => tf.Tensor,
): GradientCase {
  return {
    name,
    make: () => {
      const made = inputs.map(variable);
      return {
        variables: made,
        // What the tensors' ranks are, the case itself says.
        compute: () => compute(...(made as tf.Tensor[] as Inputs)),
        dispose: () => tf.dispose(made),
      };
    },
  };
}
