/** The depthwise convolution of images, with what a fused one does to the result. */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { computeFinished, type Finish, finishScratch } from './activation.js';
import { compute, floatsOf } from './compute.js';
import { type ConvolutionShape, geometryOf, outputShape, pixelsOf } from './convolution.js';

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
  const geometry = geometryOf(shape);
  return compute(backend, {
    shape: outputShape(shape),
    floats: LOADS * floatsOf(pixels * outChannels * filterHeight * filterWidth),
    scratch: ({ kernels, call }) => ({
      own: Math.max(call('depthwiseScratch', geometry), finishScratch(kernels, finish, outChannels)),
    }),
    run(executor) {
      const { shared, output, range } = executor;
      const start = pointerOf(backend, x);
      const convolution = { x: start, filter: pointerOf(backend, filter), y: output, shared, ...geometry };
      computeFinished(backend, executor, finish, pixels, outChannels, outHeight * outWidth, (first, rows) => {
        const images = first / (outHeight * outWidth);
        convolution.x = start + images * imageFloats * BYTES;
        convolution.y = output + first * outChannels * BYTES;
        range('depthwise', convolution, rows / outWidth);
      });
    },
  });
}
