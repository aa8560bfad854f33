/**
 * The truth: each operation as its formula, in plain loops over float64. Slow, and free of every idea that the kernels
 * are fast by.
 */
import type * as tf from '@tensorflow/tfjs-core';

export type Numbers = ArrayLike<number>;
export type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** Calls `visit` with the flat indices of every product of a convolution: x[xi] * filter[fi] belongs to y[yi]. */
function forEachProduct(info: ConvolutionInfo, visit: (xi: number, fi: number, yi: number) => void): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  for (let n = 0; n < info.batchSize; ++n) {
    for (let i = 0; i < outHeight; ++i) {
      for (let j = 0; j < outWidth; ++j) {
        for (let r = 0; r < info.filterHeight; ++r) {
          const h = i * info.strideHeight + r * info.dilationHeight - info.padInfo.top;
          if (h < 0 || h >= inHeight) continue;
          for (let s = 0; s < info.filterWidth; ++s) {
            const w = j * info.strideWidth + s * info.dilationWidth - info.padInfo.left;
            if (w < 0 || w >= inWidth) continue;
            for (let c = 0; c < inChannels; ++c) {
              for (let o = 0; o < outChannels; ++o) {
                const xi = ((n * inHeight + h) * inWidth + w) * inChannels + c;
                const fi = ((r * info.filterWidth + s) * inChannels + c) * outChannels + o;
                const yi = ((n * outHeight + i) * outWidth + j) * outChannels + o;
                visit(xi, fi, yi);
              }
            }
          }
        }
      }
    }
  }
}

export function conv2d(x: Numbers, filter: Numbers, info: ConvolutionInfo): Float64Array {
  const y = new Float64Array(info.outShape.reduce((a, b) => a * b, 1));
  forEachProduct(info, (xi, fi, yi) => {
    y[yi]! += x[xi]! * filter[fi]!;
  });
  return y;
}

export function conv2dFilterGradient(x: Numbers, dy: Numbers, info: ConvolutionInfo): Float64Array {
  const dw = new Float64Array(info.filterHeight * info.filterWidth * info.inChannels * info.outChannels);
  forEachProduct(info, (xi, fi, yi) => {
    dw[fi]! += x[xi]! * dy[yi]!;
  });
  return dw;
}

export function conv2dInputGradient(dy: Numbers, filter: Numbers, info: ConvolutionInfo): Float64Array {
  const dx = new Float64Array(info.batchSize * info.inHeight * info.inWidth * info.inChannels);
  forEachProduct(info, (xi, fi, yi) => {
    dx[xi]! += dy[yi]! * filter[fi]!;
  });
  return dx;
}

/** The same of a depthwise convolution, whose outChannels are inChannels * multiplier. */
function forEachDepthwiseProduct(
  info: ConvolutionInfo,
  visit: (xi: number, fi: number, yi: number) => void,
): void {
  const { inChannels, outChannels } = info;
  const multiplier = outChannels / inChannels;
  forEachProduct({ ...info, inChannels: 1, outChannels: 1 }, (xi, fi, yi) => {
    for (let o = 0; o < outChannels; ++o) {
      const c = Math.floor(o / multiplier);
      visit(xi * inChannels + c, fi * outChannels + o, yi * outChannels + o);
    }
  });
}

export function depthwise(x: Numbers, filter: Numbers, info: ConvolutionInfo): Float64Array {
  const y = new Float64Array(info.outShape.reduce((a, b) => a * b, 1));
  forEachDepthwiseProduct(info, (xi, fi, yi) => {
    y[yi]! += x[xi]! * filter[fi]!;
  });
  return y;
}

export function depthwiseFilterGradient(x: Numbers, dy: Numbers, info: ConvolutionInfo): Float64Array {
  const dw = new Float64Array(info.filterHeight * info.filterWidth * info.outChannels);
  forEachDepthwiseProduct(info, (xi, fi, yi) => {
    dw[fi]! += x[xi]! * dy[yi]!;
  });
  return dw;
}

export function depthwiseInputGradient(dy: Numbers, filter: Numbers, info: ConvolutionInfo): Float64Array {
  const dx = new Float64Array(info.batchSize * info.inHeight * info.inWidth * info.inChannels);
  forEachDepthwiseProduct(info, (xi, fi, yi) => {
    dx[xi]! += dy[yi]! * filter[fi]!;
  });
  return dx;
}

/** Rank 2 only: a [rows, depth] and b [depth, columns], or transposed as said. */
export function matmul(
  a: Numbers,
  b: Numbers,
  rows: number,
  columns: number,
  depth: number,
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const c = new Float64Array(rows * columns);
  for (let i = 0; i < rows; ++i) {
    for (let j = 0; j < columns; ++j) {
      for (let k = 0; k < depth; ++k) {
        const left = a[transposeA ? k * rows + i : i * depth + k]!;
        const right = b[transposeB ? j * depth + k : k * columns + j]!;
        c[i * columns + j]! += left * right;
      }
    }
  }
  return c;
}

/** Calls `visit` with each window's output index and the input indices of its pixels inside of the image. */
function forEachWindow(info: ConvolutionInfo, visit: (yi: number, xis: number[]) => void): void {
  const { inHeight, inWidth, outHeight, outWidth, inChannels: channels } = info;
  for (let n = 0; n < info.batchSize; ++n) {
    for (let i = 0; i < outHeight; ++i) {
      for (let j = 0; j < outWidth; ++j) {
        for (let c = 0; c < channels; ++c) {
          const xis: number[] = [];
          for (let r = 0; r < info.filterHeight; ++r) {
            for (let s = 0; s < info.filterWidth; ++s) {
              const h = i * info.strideHeight + r - info.padInfo.top;
              const w = j * info.strideWidth + s - info.padInfo.left;
              if (h < 0 || h >= inHeight || w < 0 || w >= inWidth) continue;
              xis.push(((n * inHeight + h) * inWidth + w) * channels + c);
            }
          }
          visit(((n * outHeight + i) * outWidth + j) * channels + c, xis);
        }
      }
    }
  }
}

export function avgPool(x: Numbers, info: ConvolutionInfo): Float64Array {
  const y = new Float64Array(info.outShape.reduce((a, b) => a * b, 1));
  forEachWindow(info, (yi, xis) => {
    y[yi] = xis.reduce((sum, xi) => sum + x[xi]!, 0) / xis.length;
  });
  return y;
}

export function avgPoolGradient(dy: Numbers, info: ConvolutionInfo): Float64Array {
  const dx = new Float64Array(info.batchSize * info.inHeight * info.inWidth * info.inChannels);
  forEachWindow(info, (yi, xis) => {
    for (const xi of xis) dx[xi]! += dy[yi]! / xis.length;
  });
  return dx;
}

export function maxPool(x: Numbers, info: ConvolutionInfo): Float64Array {
  const y = new Float64Array(info.outShape.reduce((a, b) => a * b, 1));
  forEachWindow(info, (yi, xis) => {
    y[yi] = Math.max(...xis.map((xi) => x[xi]!));
  });
  return y;
}

export function maxPoolGradient(x: Numbers, dy: Numbers, info: ConvolutionInfo): Float64Array {
  const dx = new Float64Array(info.batchSize * info.inHeight * info.inWidth * info.inChannels);
  forEachWindow(info, (yi, xis) => {
    const values = xis.map((xi) => x[xi]!);
    const nan = values.findIndex(Number.isNaN);
    const first = nan >= 0 ? nan : values.indexOf(Math.max(...values));
    if (xis.length > 0) dx[xis[first]!]! += dy[yi]!;
  });
  return dx;
}
