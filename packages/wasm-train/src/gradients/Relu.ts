/** d relu(x) / dx = step(x): one kernel where the backend has it, else composed as tfjs does. */
import * as tf from '@tensorflow/tfjs-core';
import { ReluGrad } from '../kernels/ReluGrad.js';
import { hasKernel, runKernel } from './dispatch.js';

function reluGradient(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return hasKernel(ReluGrad) ? runKernel(ReluGrad, { dy, x }) : tf.mul(dy, tf.cast(tf.step(x), 'float32'));
}

export const reluFirstGradient: tf.GradConfig = {
  kernelName: tf.Relu,
  inputsToSave: ['x'],
  gradFunc: (dy, saved) => {
    const [x] = saved as [tf.Tensor];
    return { x: () => reluGradient(dy as tf.Tensor, x) };
  },
};

/** The gradient of the gradient: linear in dy, and flat in x. */
export const reluSecondGradient: tf.GradConfig = {
  kernelName: ReluGrad,
  inputsToSave: ['x'],
  gradFunc: (ddx, saved) => {
    const [x] = saved as [tf.Tensor];
    return { dy: () => reluGradient(ddx as tf.Tensor, x), x: () => tf.zerosLike(x) };
  },
};
