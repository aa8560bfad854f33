/**
 * y_j = x_0 ... x_j has the gradient dx_i = (x_0 ... x_(i-1)) s_i, s_i = dy_i + x_(i+1) s_(i+1): no division, so that zeros are as good
 * as other numbers. s is found in steps that double: after step k each element holds the terms of its next 2^k.
 *
 * tfjs has no gradient of it, and so none of the gradient of tf.prod, which calls it.
 */
import * as tf from '@tensorflow/tfjs-core';

/** s_i = terms_i + factors_i s_(i+1) along the rows. */
function accumulated(factors: tf.Tensor2D, terms: tf.Tensor2D): tf.Tensor2D {
  const [rows, length] = terms.shape;
  let [products, sums] = [factors, terms];
  for (let reach = 1; reach < length; reach *= 2) {
    const first = (z: tf.Tensor2D) => tf.slice(z, [0, 0], [rows, length - reach]);
    const next = (z: tf.Tensor2D) => tf.slice(z, [0, reach], [rows, length - reach]);
    const last = (z: tf.Tensor2D) => tf.slice(z, [0, length - reach], [rows, reach]);
    const longer: tf.Tensor2D = tf.add(first(sums), tf.mul(first(products), next(sums)));
    const larger: tf.Tensor2D = tf.mul(first(products), next(products));
    sums = tf.concat([longer, last(sums)], 1);
    products = tf.concat([larger, last(products)], 1);
  }
  return sums;
}

/** Each element in the place of the one before it along the rows, and `end` in the place of the last. */
function moved(z: tf.Tensor2D, end: number): tf.Tensor2D {
  const [rows, length] = z.shape;
  return tf.concat([tf.slice(z, [0, 1], [rows, length - 1]), tf.fill([rows, 1], end)], 1);
}

function ofRows(dy: tf.Tensor2D, x: tf.Tensor2D, exclusive: boolean): tf.Tensor2D {
  const upstream = exclusive ? moved(dy, 0) : dy;
  return tf.mul(tf.cumprod(x, 1, true), accumulated(moved(x, 1), upstream));
}

export const cumprodGradient: tf.GradConfig = {
  kernelName: tf.Cumprod,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes) => {
    const [x] = saved as [tf.Tensor];
    const { axis, exclusive, reverse } = attributes as unknown as tf.CumprodAttrs;
    const [along] = tf.util.parseAxisParam(axis, x.shape) as [number];
    const last = x.rank - 1;
    const order = [...x.shape.keys()].filter((i) => i !== along).concat(along);
    const shape = order.map((i) => x.shape[i]!);
    const rowsOf = (z: tf.Tensor): tf.Tensor2D => {
      const rows = tf.reshape(tf.transpose(z, order), [x.size / shape[last]!, shape[last]!]) as tf.Tensor2D;
      return reverse ? tf.reverse(rows, 1) : rows;
    };
    return {
      x: () => {
        if (x.size === 0) return tf.zerosLike(x);
        const rows = ofRows(rowsOf(dy as tf.Tensor), rowsOf(x), exclusive);
        const inOrder = tf.reshape(reverse ? tf.reverse(rows, 1) : rows, shape);
        return tf.transpose(inOrder, tf.backend_util.getUndoAxesPermutation(order));
      },
    };
  },
};
