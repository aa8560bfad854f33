/**
 * The gradients of softmax cross-entropy: the kernel's own, and, of that, one that is composed of tfjs's operations and has gradients
 * itself.
 */
import * as tf from '@tensorflow/tfjs-core';
import { SoftmaxCrossEntropy, SoftmaxCrossEntropyGrad } from '../kernels/SoftmaxCrossEntropy.js';
import { runKernel } from './dispatch.js';

const gradient = (dy: tf.Tensor, logits: tf.Tensor, labels: tf.Tensor, attributes: object): tf.Tensor =>
  runKernel(SoftmaxCrossEntropyGrad, { dy, logits, labels }, attributes);

const zeros = (x: tf.Tensor) => tf.zeros(x.shape, 'float32');

const firstGradient: tf.GradConfig = {
  kernelName: SoftmaxCrossEntropy,
  inputsToSave: ['logits', 'labels'],
  gradFunc: (dy, saved, attributes) => {
    const [logits, labels] = saved as [tf.Tensor, tf.Tensor];
    return {
      logits: () => gradient(dy as tf.Tensor, logits, labels, attributes),
      labels: () => zeros(labels),
    };
  },
};

/**
 * dx is linear in dy, and so is its slope: by p = softmax(x), of rows whose label is a class,
 * dy scale p (ddx - sum over c of p ddx).
 */
const secondGradient: tf.GradConfig = {
  kernelName: SoftmaxCrossEntropyGrad,
  inputsToSave: ['dy', 'logits', 'labels'],
  gradFunc: (ddx, saved, attributes) => {
    const [dy, logits, labels] = saved as [tf.Tensor, tf.Tensor2D, tf.Tensor1D];
    const upstream = ddx as tf.Tensor2D;
    const { scale } = attributes as unknown as { scale: number };
    return {
      dy: () => tf.sum(tf.mul(upstream, gradient(tf.scalar(1), logits, labels, attributes))),
      logits: () => {
        const hasLoss = tf.sum(tf.oneHot(labels, logits.shape[1]), 1, true);
        const probabilities = tf.softmax(logits);
        const mean = tf.sum(tf.mul(probabilities, upstream), 1, true);
        const factors = tf.mul(tf.mul(dy, scale), hasLoss);
        return tf.mul(factors, tf.mul(probabilities, tf.sub(upstream, mean)));
      },
      labels: () => zeros(labels),
    };
  },
};

export const softmaxCrossEntropyGradients: readonly tf.GradConfig[] = [firstGradient, secondGradient];
