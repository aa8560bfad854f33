/** d sigmoid(x) / dx = y (1 - y): one kernel where the backend has it, else composed as tfjs does. */
import * as tf from '@tensorflow/tfjs-core';
import { SigmoidGrad } from '../kernels/SigmoidGrad.js';
import { hasKernel, runKernel } from './dispatch.js';

function sigmoidGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return hasKernel(SigmoidGrad) ? runKernel(SigmoidGrad, { dy, y }) : tf.mul(dy, tf.mul(y, tf.sub(1, y)));
}

export const sigmoidFirstGradient: tf.GradConfig = {
  kernelName: tf.Sigmoid,
  outputsToSave: [true],
  gradFunc: (dy, saved) => {
    const [y] = saved as [tf.Tensor];
    return { x: () => sigmoidGradient(dy as tf.Tensor, y) };
  },
};

/** The gradient of the gradient: dx = dy y (1 - y) is linear in dy, and d(y - y^2)/dy is 1 - 2y. */
export const sigmoidSecondGradient: tf.GradConfig = {
  kernelName: SigmoidGrad,
  inputsToSave: ['dy', 'y'],
  gradFunc: (ddx, saved) => {
    const [dy, y] = saved as [tf.Tensor, tf.Tensor];
    const upstream = ddx as tf.Tensor;
    return {
      dy: () => sigmoidGradient(upstream, y),
      y: () => tf.mul(upstream, tf.mul(dy, tf.sub(1, tf.mul(2, y)))),
    };
  },
};
