/** y where x is empty: there is nothing to compute, only gradients to be had. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * A copy of x, which is empty, that the tape holds for a function of x and of the parameters: their gradients are sums of
 * nothing, which is zero.
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
