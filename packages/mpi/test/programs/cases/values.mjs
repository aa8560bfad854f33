import * as tf from '@tensorflow/tfjs';

/** A tensor of the same values in every process. */
export const values = (shape, seed) =>
  tf.tensor(
    Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) =>
      Math.sin(seed + 7 * index),
    ),
    shape,
  );
