/** Runs the kernel of a convolution over some images at a time, whose results are finished while they are in the cache. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { computeFinished, type Finish } from './activation.js';
import type { Executor } from './compute.js';
import { type ConvolutionShape, pixelsOf } from './convolution.js';

const BYTES = 4;

/**
 * @param convolution The record of all images, whose x and y are set to those that come next.
 * @param run Runs the kernel over so many images of the record.
 */
export function convolveImages(
  backend: BackendWasm,
  executor: Executor,
  shape: ConvolutionShape,
  finish: Finish,
  convolution: { x: number; y: number },
  run: (images: number) => void,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = shape;
  const { x, y } = convolution;
  const outPixels = outHeight * outWidth;
  computeFinished(backend, executor, finish, pixelsOf(shape), outChannels, outPixels, (first, pixels) => {
    convolution.x = x + (first / outPixels) * inHeight * inWidth * inChannels * BYTES;
    convolution.y = y + first * outChannels * BYTES;
    run(pixels / outPixels);
  });
}
