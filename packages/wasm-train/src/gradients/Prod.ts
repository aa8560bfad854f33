/**
 * dx_i = dy * product of the other x: of those before it and of those after it, so that zeros need no division.
 *
 * tfjs's own takes no negative axis.
 */
import * as tf from '@tensorflow/tfjs-core';

export const prodGradient: tf.GradConfig = {
  kernelName: tf.Prod,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    const axes = tf.util.parseAxisParam((attrs as unknown as tf.ProdAttrs).axis, x.shape);
    const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const order = [...kept, ...axes];
    const moved = () => {
      const last = tf.transpose(x, order);
      const length = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
      const rows = tf.reshape(last, [-1, length]);
      const others = tf.mul(tf.cumprod(rows, 1, true, false), tf.cumprod(rows, 1, true, true));
      return tf.reshape(tf.mul(tf.reshape(dy as tf.Tensor, [-1, 1]), others), last.shape);
    };
    return { x: () => tf.transpose(moved(), tf.backend_util.getUndoAxesPermutation(order)) };
  },
};
