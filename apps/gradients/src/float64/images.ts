/** Resizing. Each pixel of the result is a weighted sum of pixels, and a gradient is its transpose. */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray } from './array.js';
import { defineKernel } from './backend.js';

/** Which pixels of a line make pixel i of the resized line, and with which weights. */
type LineWeights = (i: number) => { at: number; weight: number }[];

interface Resizing {
  size: [number, number];
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

function scaleOf(from: number, to: number, alignCorners: boolean): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}

function bilinear(from: number, to: number, { alignCorners, halfPixelCenters }: Resizing): LineWeights {
  const scale = scaleOf(from, to, alignCorners);
  return (i) => {
    const position = halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i;
    const low = Math.max(0, Math.floor(position));
    const high = Math.min(from - 1, Math.ceil(position));
    const weight = position - low;
    if (high <= low) return [{ at: Math.min(low, from - 1), weight: 1 }];
    return [
      { at: low, weight: 1 - weight },
      { at: high, weight },
    ];
  };
}

function nearest(from: number, to: number, { alignCorners, halfPixelCenters }: Resizing): LineWeights {
  const scale = scaleOf(from, to, alignCorners);
  return (i) => {
    const position = halfPixelCenters ? scale * (i + 0.5) : scale * i;
    const pixel = alignCorners ? Math.round(position) : Math.floor(position);
    return [{ at: Math.max(0, Math.min(from - 1, pixel)), weight: 1 }];
  };
}

type Method = typeof bilinear;

/** Calls `visit` with the elements of the image and of the resized one that belong together. */
function forEachWeight(
  method: Method,
  [batch, height, width, channels]: number[],
  attributes: Resizing,
  visit: (image: number, resized: number, weight: number) => void,
): void {
  const [newHeight, newWidth] = attributes.size;
  const rows = method(height!, newHeight, attributes);
  const columns = method(width!, newWidth, attributes);
  for (let n = 0; n < batch!; ++n) {
    for (let i = 0; i < newHeight; ++i) {
      for (let j = 0; j < newWidth; ++j) {
        for (const row of rows(i)) {
          for (const column of columns(j)) {
            for (let c = 0; c < channels!; ++c) {
              const image = ((n * height! + row.at) * width! + column.at) * channels! + c;
              const resized = ((n * newHeight + i) * newWidth + j) * channels! + c;
              visit(image, resized, row.weight * column.weight);
            }
          }
        }
      }
    }
  }
}

function resize(method: Method, images: Float64NdArray, attributes: Resizing): Float64NdArray {
  const y = array([images.shape[0]!, ...attributes.size, images.shape[3]!]);
  forEachWeight(method, images.shape, attributes, (image, resized, weight) => {
    y.data[resized]! += images.data[image]! * weight;
  });
  return y;
}

function resizeGradient(method: Method, dy: Float64NdArray, images: Float64NdArray, attributes: Resizing) {
  const dx = array(images.shape);
  const size: [number, number] = [dy.shape[1]!, dy.shape[2]!];
  forEachWeight(method, images.shape, { ...attributes, size }, (image, resized, weight) => {
    dx.data[image]! += dy.data[resized]! * weight;
  });
  return dx;
}

defineKernel<Resizing>(tf.ResizeBilinear, ({ images }, attributes) => resize(bilinear, images!, attributes));
defineKernel<Resizing>(tf.ResizeBilinearGrad, ({ dy, images }, attributes) =>
  resizeGradient(bilinear, dy!, images!, attributes),
);
defineKernel<Resizing>(tf.ResizeNearestNeighbor, ({ images }, attributes) =>
  resize(nearest, images!, attributes),
);
defineKernel<Resizing>(tf.ResizeNearestNeighborGrad, ({ dy, images }, attributes) =>
  resizeGradient(nearest, dy!, images!, attributes),
);
