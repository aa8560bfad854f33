/** What training minimizes, and what people look at. */
import * as tf from '@tensorflow/tfjs';
import { classCount } from '../dataset/images.js';

/** Of `@bn/wasm-train`: attribute `scale`, inputs `logits` and `labels`. */
const fusedName = 'SoftmaxCrossEntropy';

/**
 * Cross-entropy of softmax(logits): -1/count * sum_n log softmax(logits[n])[labels[n]]; `[N, 10]`, `[N]` to a scalar. A single
 * kernel if the current backend has it: a step on few images is mostly what lies between kernels.
 *
 * @param count what to divide by; left out, N, which gives the mean
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  count: number = labels.shape[0],
): tf.Scalar {
  if (tf.getKernel(fusedName, tf.getBackend()) !== undefined) {
    return tf.engine().runKernel(fusedName, { logits, labels }, { scale: 1 / count }) as tf.Scalar;
  }
  return tf.tidy(() => {
    const likelihoods = tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, classCount));
    return tf.div(tf.sum(likelihoods), -count);
  });
}

/** How many rows of logits `[N, 10]` are largest at their label; int32 scalar. */
export function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.equal(tf.argMax(logits, 1), labels)));
}
