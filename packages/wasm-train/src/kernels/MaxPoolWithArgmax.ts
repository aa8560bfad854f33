/**
 * The largest x in each window, NaN if there is one, and its place: (h * width + w) * channels + c, with n * height in front of h if
 * the batch is included. Of equal ones the first, as in TensorFlow.
 *
 * x [batch, height, width, channels] of any type. tfjs takes the last of equal ones, and negative sizes for a window larger than x.
 * This operation is rare: its loops are JavaScript on the heap. They read x once for each window that covers it.
 */
import { allocateOutputs } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type Elements, elementsOf, filled } from '../elements.js';
import type { Pooling } from '../generated/calls.js';
import type { Inputs, KernelArguments } from '../kernel.js';
import { type PoolingAttributes, poolingGeometry } from '../pooling.js';

function maxPoolWithArgmax(args: KernelArguments): tf.TensorInfo[] {
  const { x } = args.inputs as Inputs<tf.MaxPoolWithArgmaxInputs>;
  const attributes = args.attrs as unknown as PoolingAttributes & { includeBatchInIndex: boolean };
  const backend = args.backend as BackendWasm;
  const { pooling, outShape } = poolingGeometry(tf.MaxPoolWithArgmax, x.shape, attributes);
  const [{ info: places }] = allocateOutputs(backend, [outShape], 'int32');
  const pooled = filled(args, outShape, x.dtype, (y) => {
    const imageSize = attributes.includeBatchInIndex ? 0 : x.shape[1]! * x.shape[2]! * x.shape[3]!;
    pool(elementsOf(backend, x), y, elementsOf(backend, places), pooling, imageSize);
  });
  return [pooled, places];
}

/** @param imageSize What is subtracted from a place for each image before its own. */
function pool(
  x: Elements,
  y: Elements,
  places: Elements,
  { batch, inHeight, inWidth, channels, outHeight, outWidth, ...window }: Pooling,
  imageSize: number,
): void {
  const { filterHeight, filterWidth, strideHeight, strideWidth, top, left } = window;
  let at = 0;
  for (let n = 0; n < batch; ++n) {
    for (let i = 0; i < outHeight; ++i) {
      for (let j = 0; j < outWidth; ++j) {
        for (let c = 0; c < channels; ++c, ++at) {
          let best = -1;
          for (
            let h = Math.max(0, i * strideHeight - top);
            h < Math.min(inHeight, i * strideHeight - top + filterHeight);
            ++h
          ) {
            for (
              let w = Math.max(0, j * strideWidth - left);
              w < Math.min(inWidth, j * strideWidth - left + filterWidth);
              ++w
            ) {
              const place = ((n * inHeight + h) * inWidth + w) * channels + c;
              const isLarger =
                best < 0 || x[place]! > x[best]! || (Number.isNaN(x[place]) && !Number.isNaN(x[best]));
              if (isLarger) best = place;
            }
          }
          y[at] = best < 0 ? 0 : x[best]!;
          places[at] = best < 0 ? 0 : best - n * imageSize;
        }
      }
    }
  }
}

export const maxPoolWithArgmaxConfig: tf.KernelConfig = {
  kernelName: tf.MaxPoolWithArgmax,
  backendName: 'wasm',
  kernelFunc: maxPoolWithArgmax,
};
