/** d (a - b)^2 / da = 2 (a - b). tfjs's own is not summed over the axes that an operand was broadcast along. */
import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from './broadcast.js';

export const squaredDifferenceGradient: tf.GradConfig = {
  kernelName: tf.SquaredDifference,
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved) => {
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    const slope = () => tf.mul(dy as tf.Tensor, tf.mul(2, tf.sub(a, b)));
    return {
      a: () => sumToShape(slope(), a.shape),
      b: () => sumToShape(tf.neg(slope()), b.shape),
    };
  },
};
