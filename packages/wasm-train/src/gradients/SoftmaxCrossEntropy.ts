/**
 * The gradients of softmax cross-entropy: the kernel's own, and, of that, one that is composed of tfjs's operations and has gradients
 * itself. Backends without the kernel, to which a program may have changed since the loss was computed, compose the first, too.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  SoftmaxCrossEntropy,
  type SoftmaxCrossEntropyAttributes,
  SoftmaxCrossEntropyGrad,
} from '../kernels/SoftmaxCrossEntropy.js';
import { hasKernel, runKernel } from './dispatch.js';

const gradient = (dy: tf.Tensor, logits: tf.Tensor, labels: tf.Tensor, attributes: object): tf.Tensor =>
  hasKernel(SoftmaxCrossEntropyGrad)
    ? runKernel(SoftmaxCrossEntropyGrad, { dy, logits, labels }, attributes)
    : composedGradient(dy, logits as tf.Tensor2D, labels as tf.Tensor1D, attributes);

function composedGradient(
  dy: tf.Tensor,
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  attributes: object,
): tf.Tensor {
  const { factors, probabilities } = partsOf(dy, logits, labels, attributes);
  return tf.mul(factors, tf.sub(probabilities, classesOf(labels, logits)));
}

/** 1 at the class of each row and 0 elsewhere, of shape `[N, C]`. tf.oneHot refuses a single class. */
const classesOf = (labels: tf.Tensor1D, logits: tf.Tensor2D): tf.Tensor =>
  tf.cast(tf.equal(tf.expandDims(labels, 1), tf.range(0, logits.shape[1], 1, 'int32')), 'float32');

/** p = softmax(x) and dy scale; the latter is 0 in a row whose label is no class, whatever its logits are. */
function partsOf(dy: tf.Tensor, logits: tf.Tensor2D, labels: tf.Tensor1D, attributes: object) {
  const { scale } = attributes as SoftmaxCrossEntropyAttributes;
  const hasLoss = tf.sum(classesOf(labels, logits), 1, true);
  // 0 times the softmax of NaN would be NaN.
  const ofLoss = tf.where(tf.cast(hasLoss, 'bool'), logits, tf.zerosLike(logits));
  return { factors: tf.mul(tf.mul(dy, scale), hasLoss), probabilities: tf.softmax(ofLoss) };
}

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
    return {
      dy: () => tf.sum(tf.mul(upstream, gradient(tf.scalar(1), logits, labels, attributes))),
      logits: () => {
        const { factors, probabilities } = partsOf(dy, logits, labels, attributes);
        const mean = tf.sum(tf.mul(probabilities, upstream), 1, true);
        return tf.mul(factors, tf.mul(probabilities, tf.sub(upstream, mean)));
      },
      labels: () => zeros(labels),
    };
  },
};

export const softmaxCrossEntropyGradients: readonly tf.GradConfig[] = [firstGradient, secondGradient];
