/**
 * A crop is y = R x Cᵀ for each channel of its image, as in resizing.ts: dx = Rᵀ dy C, summed over the crops of an image.
 *
 * tfjs has no such gradient (tf.layers.centerCrop needs it). The boxes have no gradient: asking for one is an error.
 */
import * as tf from '@tensorflow/tfjs-core';

type Method = tf.CropAndResizeAttrs['method'];

/** Rᵀ of each box, [boxes, length, size]: `ends` says from where to where it goes, in parts of the line. */
function transposedWeights(
  ends: readonly (readonly [number, number])[],
  length: number,
  size: number,
  method: Method,
): tf.Tensor3D {
  const weights = new Float32Array(ends.length * length * size);
  ends.forEach(([low, high], box) => {
    const add = (pixel: number, i: number, weight: number) => {
      weights[(box * length + pixel) * size + i]! += weight;
    };
    for (let i = 0; i < size; ++i) {
      const part = size > 1 ? low + (i * (high - low)) / (size - 1) : 0.5 * (low + high);
      const position = part * (length - 1);
      // Outside of the image every crop has the same number, whatever x is.
      if (position < 0 || position > length - 1) continue;
      if (method === 'nearest') {
        add(Math.round(position), i, 1);
      } else {
        const weight = position - Math.floor(position);
        add(Math.floor(position), i, 1 - weight);
        add(Math.ceil(position), i, weight);
      }
    }
  });
  return tf.tensor3d(weights, [ends.length, length, size]);
}

export const cropAndResizeGradient: tf.GradConfig = {
  kernelName: tf.CropAndResize,
  inputsToSave: ['image', 'boxes', 'boxInd'],
  gradFunc: (dy, saved, attrs) => {
    const [image, boxes, boxInd] = saved as [tf.Tensor, tf.Tensor, tf.Tensor1D];
    const upstream = dy as tf.Tensor;
    const { method } = attrs as unknown as tf.CropAndResizeAttrs;
    const dx = () => {
      const [images, height, width, channels] = image.shape as [number, number, number, number];
      const [count, newHeight, newWidth] = upstream.shape as [number, number, number];
      const corners = boxes.dataSync();
      const ends = (first: number) =>
        Array.from(
          { length: count },
          (_, box) => [corners[4 * box + first]!, corners[4 * box + first + 2]!] as const,
        );
      const columns = tf.matMul(
        tf.expandDims(transposedWeights(ends(1), width, newWidth, method), 1),
        tf.reshape(upstream, [count, newHeight, newWidth, channels]),
      );
      const rows = tf.matMul(
        transposedWeights(ends(0), height, newHeight, method),
        tf.reshape(columns, [count, newHeight, width * channels]),
      );
      const sums = tf.unsortedSegmentSum(tf.reshape(rows, [count, -1]), boxInd, images);
      return tf.reshape(sums, image.shape);
    };
    return { image: dx };
  },
};
