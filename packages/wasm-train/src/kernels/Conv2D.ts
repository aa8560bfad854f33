/**
 * y[n][i][j][o] = sum over r, s, c of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * w[r][s][c][o]
 *
 * x [batch, height, width, inChannels], filter [filterHeight, filterWidth, inChannels, outChannels], both float32.
 * Reads x about once from memory, writes y once. Any stride, padding and dilation; channels first, and 1x1 on fewer
 * than 8 pixels, go to tfjs.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { allocateOutput, fillWithZeros, pointer } from '../backend.js';
import { compute, floatsOf } from '../compute.js';
import {
  type ConvolutionAttributes,
  type ConvolutionShape,
  convolutionShape,
  geometry,
  isPointwise,
  multiplyAdds,
  outputShape,
} from '../convolution.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { FEW_ROWS, matrix, product } from '../matmul.js';
import { runOriginal } from '../original.js';

function conv2D(args: KernelArguments): KernelResult {
  const { x, filter } = args.inputs as Inputs<tf.Conv2DInputs>;
  const attributes = args.attrs as unknown as ConvolutionAttributes;
  if (attributes.dataFormat === 'NCHW' || !areFloat32(x, filter)) return runOriginal(tf.Conv2D, args);
  const shape = convolutionShape(x.shape, filter.shape, attributes);
  const isFewRows = isPointwise(shape) && pixelsOf(shape) < FEW_ROWS;
  if (isFewRows && sizeOf(x.shape) > 0 && sizeOf(filter.shape) > 0) return runOriginal(tf.Conv2D, args);
  return convolve(args.backend as BackendWasm, x, filter, shape);
}

/** Output pixels of the whole batch. */
function pixelsOf({ batch, outHeight, outWidth }: ConvolutionShape): number {
  return batch * outHeight * outWidth;
}

function convolve(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: ConvolutionShape,
): tf.TensorInfo {
  if (sizeOf(x.shape) === 0 || sizeOf(filter.shape) === 0) {
    const y = allocateOutput(backend, tf.Conv2D, outputShape(shape));
    fillWithZeros(backend, y);
    return y;
  }
  if (isPointwise(shape)) {
    const pixels = pixelsOf(shape);
    const { inChannels, outChannels } = shape;
    const a = matrix(pointer(backend, x), pixels, inChannels);
    const b = matrix(pointer(backend, filter), inChannels, outChannels);
    const size = { rows: pixels, columns: outChannels, depth: inChannels };
    return product(backend, tf.Conv2D, outputShape(shape), a, b, size);
  }
  return compute(backend, tf.Conv2D, {
    shape: outputShape(shape),
    floats: floatsOf(multiplyAdds(shape)),
    integers: geometry(shape),
    scratch: (kernels, g) => ({ shared: kernels.conv2dShared(g), own: kernels.conv2dScratch(g) }),
    run({ kernels, integers, shared, output, range }) {
      kernels.conv2dPrepare(integers, pointer(backend, filter), shared);
      range('conv2d', [integers, pointer(backend, x), output, shared], kernels.conv2dItems(integers));
    },
  });
}

export const conv2DConfig: tf.KernelConfig = {
  kernelName: tf.Conv2D,
  backendName: 'wasm',
  kernelFunc: conv2D,
};
