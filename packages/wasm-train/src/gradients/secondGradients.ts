/**
 * Gradients of tfjs's gradient kernels, which has none: they make a gradient of a gradient, a gradient penalty say, of what has
 * poolings, dilations, resizing, local response normalization or elu in it. All of these kernels are linear in dy, and their gradient
 * in it is the derivative of the operation in the direction of what comes from above: for most the operation itself.
 *
 * A pooling passes on what its kernel does on wasm; on other backends tfjs's gradients are taken at their word.
 */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from './dispatch.js';
import { lrnSecondGradient } from './LRN.js';
import { pool } from './poolings.js';
import { maximaSecondGradients } from './windowMaxima.js';

/** Of a kernel of dy and x that does not depend on the values of x, or only by jumps. */
function linearGradient(
  kernelName: string,
  xName: string,
  derivative: (ddx: tf.Tensor, x: tf.Tensor, dy: tf.Tensor, attributes: tf.NamedAttrMap) => tf.Tensor,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [xName, 'dy'],
    gradFunc: (ddx, saved, attributes) => {
      const [x, dy] = saved as [tf.Tensor, tf.Tensor];
      return {
        dy: () => derivative(ddx as tf.Tensor, x, dy, attributes),
        [xName]: () => tf.zerosLike(x),
      };
    },
  };
}

/** dx = dy where y is above 0, and dy (y + 1) below. */
const eluSecondGradient: tf.GradConfig = {
  kernelName: tf.EluGrad,
  inputsToSave: ['dy', 'y'],
  gradFunc: (ddx, saved) => {
    const [dy, y] = saved as [tf.Tensor, tf.Tensor];
    const upstream = ddx as tf.Tensor;
    return {
      dy: () => runKernel(tf.EluGrad, { dy: upstream, y }),
      y: () => tf.where(tf.less(y, 0), tf.mul(upstream, dy), tf.zerosLike(y)),
    };
  },
};

function resizedGradient(kernelName: string, gradientKernel: string): tf.GradConfig {
  return linearGradient(gradientKernel, 'images', (ddx, _images, dy, attributes) => {
    const { alignCorners } = attributes as unknown as tf.ResizeBilinearGradAttrs;
    const size = dy.shape.slice(1, 3);
    return runKernel(kernelName, { images: ddx }, { alignCorners, halfPixelCenters: false, size });
  });
}

const averageSecondGradient = (kernelName: string, gradientKernel: string): tf.GradConfig =>
  linearGradient(gradientKernel, 'input', (ddx, input, dy, attributes) =>
    pool(kernelName, ddx, { inShape: input.shape, outShape: dy.shape, attributes }),
  );

export const secondGradients: readonly tf.GradConfig[] = [
  averageSecondGradient(tf.AvgPool, tf.AvgPoolGrad),
  averageSecondGradient(tf.AvgPool3D, tf.AvgPool3DGrad),
  eluSecondGradient,
  lrnSecondGradient,
  ...maximaSecondGradients,
  resizedGradient(tf.ResizeBilinear, tf.ResizeBilinearGrad),
  resizedGradient(tf.ResizeNearestNeighbor, tf.ResizeNearestNeighborGrad),
];
