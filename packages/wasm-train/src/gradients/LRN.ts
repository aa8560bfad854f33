/**
 * The gradient of the gradient of local response normalization. With W(z) the sum of z over the channels at most depthRadius away,
 *
 *     y = x s^-beta, s = bias + alpha W(x^2)
 *     dx = dy s^-beta - 2 alpha beta x W(dy x s^(-beta - 1))
 *
 * tfjs has dx as a kernel without a gradient. In the direction u it has the derivatives
 *
 *     dy: u s^-beta - t q,  q = W(u x),  t = 2 alpha beta x s^(-beta - 1)
 *     x:  -2 alpha beta q dy s^(-beta - 1) - u W(dy t) + 2 alpha x W(dy ((beta + 1) t q / s - beta u s^(-beta - 1)))
 *
 * W is a product with a matrix of ones and zeros, and so all of it has gradients itself.
 */
import * as tf from '@tensorflow/tfjs-core';

function sumsAround(z: tf.Tensor, depthRadius: number): tf.Tensor {
  const channels = z.shape[z.rank - 1]!;
  const isNear = Array.from({ length: channels * channels }, (_, at) =>
    Math.abs(Math.floor(at / channels) - (at % channels)) <= depthRadius ? 1 : 0,
  );
  const sums = tf.matMul(
    tf.reshape(z, [z.size / channels, channels]),
    tf.tensor2d(isNear, [channels, channels]),
  );
  return tf.reshape(sums, z.shape);
}

export const lrnSecondGradient: tf.GradConfig = {
  kernelName: tf.LRNGrad,
  inputsToSave: ['x', 'y', 'dy'],
  gradFunc: (ddx, saved, attributes) => {
    const [x, y, dy] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const { depthRadius, bias, alpha, beta } = attributes as unknown as tf.LRNGradAttrs;
    const u = ddx as tf.Tensor;
    const around = (z: tf.Tensor) => sumsAround(z, depthRadius);
    const parts = () => {
      const s = tf.add(tf.mul(around(tf.square(x)), alpha), bias);
      const steep = tf.pow(s, -beta - 1);
      const t = tf.mul(tf.mul(x, steep), 2 * alpha * beta);
      return { s, steep, t, q: around(tf.mul(u, x)) };
    };
    return {
      dy: () => {
        const { s, t, q } = parts();
        return tf.sub(tf.mul(u, tf.pow(s, -beta)), tf.mul(t, q));
      },
      x: () => {
        const { s, steep, t, q } = parts();
        const ofX = tf.mul(tf.mul(tf.mul(q, dy), steep), 2 * alpha * beta);
        const ofQ = tf.mul(u, around(tf.mul(dy, t)));
        const ofPowers = tf.sub(tf.mul(tf.div(tf.mul(t, q), s), beta + 1), tf.mul(tf.mul(u, steep), beta));
        const ofS = tf.mul(tf.mul(x, around(tf.mul(dy, ofPowers))), 2 * alpha);
        return tf.sub(ofS, tf.add(ofX, ofQ));
      },
      // What y says is said by x.
      y: () => tf.zerosLike(y),
    };
  },
};
