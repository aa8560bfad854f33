/**
 * Resizing is y = R x Cᵀ for each channel of an image: row i of R says which lines of x make line i of y, and with which weights; C
 * does the same for columns. So dx = Rᵀ dy C, two matrix products, for every way to resize.
 *
 * tfjs's kernels know no halfPixelCenters, and those of its cpu backend are wrong in any case (the nearest pixel from the second
 * image on, bilinear for images that are not square). Elsewhere tfjs's kernels are used, which need no products.
 */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from './dispatch.js';

interface Resizing {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

/** Calls `visit` with the pixels of a line that make pixel i of the resized line, and their weights. */
type ForEachWeight = (
  from: number,
  to: number,
  resizing: Resizing,
  visit: (i: number, pixel: number, weight: number) => void,
) => void;

const scaleOf = (from: number, to: number, alignCorners: boolean): number =>
  alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;

const bilinear: ForEachWeight = (from, to, { alignCorners, halfPixelCenters }, visit) => {
  const scale = scaleOf(from, to, alignCorners);
  for (let i = 0; i < to; ++i) {
    const position = halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i;
    const low = Math.max(0, Math.floor(position));
    const high = Math.min(from - 1, Math.ceil(position));
    const weight = Math.max(0, position - low);
    visit(i, low, 1 - weight);
    visit(i, high, weight);
  }
};

const nearest: ForEachWeight = (from, to, { alignCorners, halfPixelCenters }, visit) => {
  const scale = scaleOf(from, to, alignCorners);
  for (let i = 0; i < to; ++i) {
    const position = halfPixelCenters ? scale * (i + 0.5) : scale * i;
    const pixel = alignCorners ? Math.round(position) : Math.floor(position);
    visit(i, Math.min(from - 1, pixel), 1);
  }
};

/** Rᵀ: [from, to]. */
function transposedWeights(
  from: number,
  to: number,
  resizing: Resizing,
  forEach: ForEachWeight,
): tf.Tensor2D {
  const weights = new Float32Array(from * to);
  forEach(from, to, resizing, (i, pixel, weight) => {
    weights[pixel * to + i]! += weight;
  });
  return tf.tensor2d(weights, [from, to]);
}

function composed(dy: tf.Tensor, shape: number[], resizing: Resizing, forEach: ForEachWeight): tf.Tensor {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [, newHeight, newWidth] = dy.shape as [number, number, number];
  const columns = tf.matMul(
    transposedWeights(width, newWidth, resizing, forEach),
    tf.reshape(dy, [batch * newHeight, newWidth, channels]),
  );
  const rows = tf.matMul(
    transposedWeights(height, newHeight, resizing, forEach),
    tf.reshape(columns, [batch, newHeight, width * channels]),
  );
  return tf.reshape(rows, shape);
}

function resizeGradient(kernelName: string, gradientKernel: string, forEach: ForEachWeight): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['images'],
    gradFunc: (dy, saved, attrs) => {
      const [images] = saved as [tf.Tensor];
      const upstream = dy as tf.Tensor;
      const resizing = attrs as unknown as Resizing;
      const isComposed = resizing.halfPixelCenters || tf.getBackend() === 'cpu';
      return {
        images: () =>
          isComposed
            ? composed(upstream, images.shape, resizing, forEach)
            : runKernel(gradientKernel, { dy: upstream, images }, resizing),
      };
    },
  };
}

export const resizeBilinearGradient = resizeGradient(tf.ResizeBilinear, tf.ResizeBilinearGrad, bilinear);
export const resizeNearestNeighborGradient = resizeGradient(
  tf.ResizeNearestNeighbor,
  tf.ResizeNearestNeighborGrad,
  nearest,
);
