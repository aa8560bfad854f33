/** The depthwise convolution of images, with what a fused one does to the result. */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { computeFinished, type Finish, finishScratch } from './activation.js';
import { compute, floatsOf } from './compute.js';
import { type ConvolutionShape, geometry, outputShape, pixelsOf } from './convolution.js';

const BYTES = 4;

/** What a multiplication takes, measured by those of a matrix product: two numbers are loaded for each. */
const LOADS = 4;

/** A new tensor [batch, outHeight, outWidth, inChannels * multiplier]. x and filter are float32 and not empty. */
export function convolveDepthwise(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: ConvolutionShape,
  finish: Finish,
): tf.TensorInfo {
  const { outHeight, outWidth, outChannels, filterHeight, filterWidth } = shape;
  const imageFloats = shape.inHeight * shape.inWidth * shape.inChannels;
  const pixels = pixelsOf(shape);
  return compute(backend, {
    shape: outputShape(shape),
    floats: LOADS * floatsOf(pixels * outChannels * filterHeight * filterWidth),
    integers: geometry(shape),
    scratch: (kernels, g) => ({
      own: Math.max(kernels.depthwiseScratch(g), finishScratch(kernels, finish, outChannels)),
    }),
    run(executor) {
      const { integers, output, range } = executor;
      const weights = pointerOf(backend, filter);
      computeFinished(backend, executor, finish, pixels, outChannels, outHeight * outWidth, (first, rows) => {
        const image = pointerOf(backend, x) + (first / (outHeight * outWidth)) * imageFloats * BYTES;
        range('depthwise', [integers, image, weights, output + first * outChannels * BYTES], rows / outWidth);
      });
    },
  });
}
