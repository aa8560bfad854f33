/** The depthwise convolution of images, with what a fused one does to the result. */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { type Finish, finishScratch } from './activation.js';
import { compute, floatsOf } from './compute.js';
import { type ConvolutionShape, geometryOf, outputShape, pixelsOf } from './convolution.js';
import { convolveImages } from './convolveImages.js';

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
  const { outHeight, outChannels, filterHeight, filterWidth } = shape;
  const geometry = geometryOf(shape);
  return compute(backend, {
    shape: outputShape(shape),
    floats: LOADS * floatsOf(pixelsOf(shape) * outChannels * filterHeight * filterWidth),
    scratch: ({ kernels, call }) => ({
      own: Math.max(call('depthwiseScratch', geometry), finishScratch(kernels, finish, outChannels)),
    }),
    run(executor) {
      const { shared, output, range } = executor;
      const convolution = {
        x: pointerOf(backend, x),
        filter: pointerOf(backend, filter),
        y: output,
        shared,
        ...geometry,
      };
      convolveImages(backend, executor, shape, finish, convolution, (images) =>
        range('depthwise', convolution, images * outHeight),
      );
    },
  });
}
