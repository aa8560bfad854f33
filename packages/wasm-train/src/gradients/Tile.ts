/** The sum over the repetitions, axis after axis. tfjs's own adds slices one by one, and stops at rank 4. */
import * as tf from '@tensorflow/tfjs-core';

export const tileGradient: tf.GradConfig = {
  kernelName: tf.Tile,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    const { reps } = attrs as unknown as tf.TileAttrs;
    const dx = () =>
      reps.reduce((gradient, repetitions, axis) => {
        if (repetitions === 1) return gradient;
        const shape = gradient.shape.slice();
        shape[axis] = x.shape[axis]!;
        const inner = tf.util.sizeFromShape(shape.slice(axis));
        return tf.reshape(tf.sum(tf.reshape(gradient, [-1, repetitions, inner]), 1), shape);
      }, dy as tf.Tensor);
    return { x: dx };
  },
};
