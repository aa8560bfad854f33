/** What training minimizes, and what people look at. */
import * as tf from '@tensorflow/tfjs';
import { classCount } from '../dataset/images.js';

/** Mean cross-entropy of softmax(logits): -1/N * sum_n log softmax(logits[n])[labels[n]]; `[N, 10]`, `[N]` to a scalar. */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    const likelihoods = tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, classCount));
    return tf.div(tf.sum(likelihoods), -labels.shape[0]);
  });
}

/** How many rows of logits `[N, 10]` are largest at their label; int32 scalar. */
export function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.equal(tf.argMax(logits, 1), labels)));
}
