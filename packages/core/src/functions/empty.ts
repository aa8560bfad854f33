/** y if x is empty: there is nothing to compute, but gradients must exist. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * A copy of the empty x, recorded on the tape as a function of x and the parameters. The gradients of the parameters are empty
 * sums, so zero.
 */
export function normalizedEmpty<T extends tf.Tensor>(
  x: T,
  ...parameters: readonly (tf.Tensor | undefined)[]
): T {
  const given = parameters.filter((parameter) => parameter !== undefined);
  const normalize = tf.customGrad((...args) => {
    const [input, ...rest] = args as tf.Tensor[];
    const save = rest.pop() as unknown as tf.GradSaveFunc;
    save(rest);
    return {
      value: tf.clone(input!),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [
        tf.clone(dy),
        ...saved.map((parameter) => tf.zerosLike(parameter)),
      ],
    };
  });
  return normalize(x, ...given) as T;
}
