/**
 * Gradients of tfjs's gradient kernels, which has none: they make a gradient of a gradient, a gradient penalty say, of what has
 * poolings, resizing, local response normalization or elu in it. All of these kernels are linear in dy, and their gradient in it is the
 * derivative of the operation in the direction of what comes from above: for most the operation itself.
 *
 * A pooling passes on what its kernel does on wasm; on other backends tfjs's gradients are taken at their word.
 */
import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../shapeError.js';
import { runKernel } from './dispatch.js';
import { lrnSecondGradient } from './LRN.js';

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

/** The pixel of each window that is largest, in ddx. */
function picked(ddx: tf.Tensor, x: tf.Tensor, dy: tf.Tensor, attributes: tf.NamedAttrMap): tf.Tensor {
  const { filterSize, strides, pad } = attributes as unknown as tf.MaxPoolAttrs;
  const { indexes } = tf.maxPoolWithArgmax(x as tf.Tensor4D, filterSize, strides, pad as 'same', true);
  if (indexes!.size !== dy.size) {
    throw new ShapeError(
      `MaxPoolGrad: no gradient of a gradient of a pooling that rounds its size up: dy is [${dy.shape}], and rounded down it is ` +
        `[${indexes!.shape}]. Pad x with tf.pad, and pool it with dimRoundingMode "floor"`,
    );
  }
  const places = tf.cast(tf.reshape(indexes as tf.Tensor, [-1]), 'int32');
  return tf.reshape(tf.gather(tf.reshape(ddx, [-1]), places), dy.shape);
}

const maxPoolSecondGradient: tf.GradConfig = {
  kernelName: tf.MaxPoolGrad,
  inputsToSave: ['input', 'output', 'dy'],
  gradFunc: (ddx, saved, attributes) => {
    const [input, output, dy] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    return {
      dy: () => picked(ddx as tf.Tensor, input, dy, attributes),
      input: () => tf.zerosLike(input),
      output: () => tf.zerosLike(output),
    };
  },
};

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

const roundingModes = ['floor', 'round', 'ceil'] as const;

/** tfjs's gradient of a pooling leaves the rounding mode out; the shape of dy tells it. */
const pooled = (kernelName: string, gradientKernel: string): tf.GradConfig =>
  linearGradient(gradientKernel, 'input', (ddx, _input, dy, attributes) => {
    const dimRoundingMode = roundingModes.find((mode) =>
      tf.util.arraysEqual(pooledShape(ddx.shape, attributes, mode), dy.shape),
    );
    return runKernel(kernelName, { x: ddx }, { dataFormat: 'NDHWC', ...attributes, dimRoundingMode });
  });

function pooledShape(
  shape: readonly number[],
  attributes: tf.NamedAttrMap,
  mode: (typeof roundingModes)[number],
): number[] {
  const { computePool2DInfo, computePool3DInfo } = tf.backend_util;
  if (shape.length === 5) {
    const { filterSize, strides, pad } = attributes as unknown as tf.AvgPool3DAttrs;
    const volumes = shape as [number, number, number, number, number];
    return computePool3DInfo(volumes, filterSize, strides, 1, pad, mode).outShape;
  }
  const { filterSize, strides, pad } = attributes as unknown as tf.AvgPoolAttrs;
  const images = shape as [number, number, number, number];
  return computePool2DInfo(images, filterSize, strides, 1, pad, mode).outShape;
}

export const secondGradients: readonly tf.GradConfig[] = [
  pooled(tf.AvgPool, tf.AvgPoolGrad),
  pooled(tf.AvgPool3D, tf.AvgPool3DGrad),
  eluSecondGradient,
  lrnSecondGradient,
  maxPoolSecondGradient,
  resizedGradient(tf.ResizeBilinear, tf.ResizeBilinearGrad),
  resizedGradient(tf.ResizeNearestNeighbor, tf.ResizeNearestNeighborGrad),
];
