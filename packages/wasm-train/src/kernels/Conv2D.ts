/**
 * y[n][i][j][o] = sum over r, s, c of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * w[r][s][c][o]
 *
 * x [batch, height, width, inChannels], filter [filterHeight, filterWidth, inChannels, outChannels], both float32.
 * Reads x about once from memory, writes y once. Any stride, padding and dilation; channels first goes to tfjs.
 */
import { allocateZeros, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { nothing } from '../activation.js';
import { type ConvolutionAttributes, convolutionShape, outputShape } from '../convolution.js';
import { convolve } from '../convolve.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

function conv2D(args: KernelArguments): KernelResult {
  const { x, filter } = args.inputs as Inputs<tf.Conv2DInputs>;
  const attributes = args.attrs as unknown as ConvolutionAttributes;
  if (attributes.dataFormat === 'NCHW' || !areFloat32(x, filter)) return runOriginal(tf.Conv2D, args);
  const shape = convolutionShape(tf.Conv2D, x.shape, filter.shape, attributes);
  const backend = args.backend as BackendWasm;
  if (sizeOf(x.shape) === 0 || sizeOf(filter.shape) === 0) {
    return allocateZeros(backend, outputShape(shape));
  }
  return convolve(backend, x, filter, shape, nothing);
}

export const conv2DConfig: tf.KernelConfig = {
  kernelName: tf.Conv2D,
  backendName: 'wasm',
  kernelFunc: conv2D,
};
