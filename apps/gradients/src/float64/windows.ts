/** Loops over the windows of convolutions and poolings, with any number of spatial axes. */
import type * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from './array.js';

/** One spatial axis. */
export interface WindowAxis {
  input: number;
  output: number;
  window: number;
  stride: number;
  dilation: number;
  padBefore: number;
}

export interface Windows {
  batch: number;
  inChannels: number;
  outChannels: number;
  axes: WindowAxis[];
  inShape: number[];
  outShape: number[];
}

type Info2D = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Info3D = ReturnType<typeof tf.backend_util.computeConv3DInfo>;

const axis = (
  input: number,
  output: number,
  window: number,
  stride: number,
  dilation: number,
  padBefore: number,
): WindowAxis => ({ input, output, window, stride, dilation, padBefore });

/** What tfjs has worked out about a two-dimensional convolution or pooling. */
export function windows2D(info: Info2D): Windows {
  const { batchSize: batch, inChannels, outChannels, inShape, outShape, padInfo } = info;
  return {
    batch,
    inChannels,
    outChannels,
    inShape,
    outShape,
    axes: [
      axis(
        info.inHeight,
        info.outHeight,
        info.filterHeight,
        info.strideHeight,
        info.dilationHeight,
        padInfo.top,
      ),
      axis(info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, info.dilationWidth, padInfo.left),
    ],
  };
}

export function windows3D(info: Info3D): Windows {
  const { batchSize: batch, inChannels, outChannels, inShape, outShape, padInfo } = info;
  return {
    batch,
    inChannels,
    outChannels,
    inShape,
    outShape,
    axes: [
      axis(
        info.inDepth,
        info.outDepth,
        info.filterDepth,
        info.strideDepth,
        info.dilationDepth,
        padInfo.front,
      ),
      axis(
        info.inHeight,
        info.outHeight,
        info.filterHeight,
        info.strideHeight,
        info.dilationHeight,
        padInfo.top,
      ),
      axis(info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, info.dilationWidth, padInfo.left),
    ],
  };
}

/**
 * Calls `visit` for each window and each of its places that lies inside of the image, with the pixels' numbers:
 * `output` counts [batch, ...output], `input` counts [batch, ...input], `place` counts [...window].
 */
export function forEachPlace(
  { batch, axes }: Windows,
  visit: (input: number, place: number, output: number) => void,
): void {
  const walk = (depth: number, input: number, place: number, output: number): void => {
    const current = axes[depth];
    if (current === undefined) {
      visit(input, place, output);
      return;
    }
    for (let o = 0; o < current.output; ++o) {
      for (let w = 0; w < current.window; ++w) {
        const i = o * current.stride + w * current.dilation - current.padBefore;
        if (i < 0 || i >= current.input) continue;
        walk(depth + 1, input * current.input + i, place * current.window + w, output * current.output + o);
      }
    }
  };
  for (let n = 0; n < batch; ++n) walk(0, n, 0, n);
}

/** Pixels of all outputs together. */
export function outputPixels({ batch, axes }: Windows): number {
  return batch * sizeOf(axes.map(({ output }) => output));
}
