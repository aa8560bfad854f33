/** The gradient of tf.gather, of embeddings among others: one kernel where the backend has it, else composed. */
import * as tf from '@tensorflow/tfjs-core';
import { GatherV2Grad, type GatherV2GradAttributes } from '../kernels/GatherV2Grad.js';
import { hasKernel, runKernel } from './dispatch.js';
import { summedGatherGradient } from './gatherSums.js';

export const gatherV2Gradient: tf.GradConfig = {
  kernelName: tf.GatherV2,
  inputsToSave: ['x', 'indices'],
  gradFunc: (dy, saved, attrs) => {
    const [x, indices] = saved as [tf.Tensor, tf.Tensor];
    const { axis, batchDims } = attrs as unknown as tf.GatherV2Attrs;
    const attributes: GatherV2GradAttributes = {
      inputShape: x.shape,
      axis: tf.util.parseAxisParam(axis, x.shape)[0]!,
      batchDims: batchDims < 0 ? batchDims + indices.rank : batchDims,
    };
    return {
      x: () =>
        hasKernel(GatherV2Grad)
          ? runKernel(GatherV2Grad, { dy: dy as tf.Tensor, indices }, attributes)
          : summedGatherGradient(dy as tf.Tensor, indices, attributes),
      indices: () => tf.zeros(indices.shape, 'float32'),
    };
  },
};

/** The gradient of the gradient: what dy has given to x is gathered again. */
export const gatherV2SecondGradient: tf.GradConfig = {
  kernelName: GatherV2Grad,
  inputsToSave: ['indices'],
  gradFunc: (ddx, saved, attrs) => {
    const [indices] = saved as [tf.Tensor];
    const { axis, batchDims } = attrs as unknown as GatherV2GradAttributes;
    return {
      dy: () => tf.gather(ddx as tf.Tensor, indices, axis, batchDims),
      indices: () => tf.zeros(indices.shape, 'float32'),
    };
  },
};
