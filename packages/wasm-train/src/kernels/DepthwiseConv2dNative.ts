/**
 * y[n][i][j][c * multiplier + q] = sum over r, s of
 *   x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * w[r][s][c][q]
 *
 * x [batch, height, width, inChannels], filter [filterHeight, filterWidth, inChannels, multiplier], both float32. Reads x about
 * once from memory, writes y once. Any stride, padding and dilation. tfjs's kernel leaves y uninitialized for padding 'same' where
 * the filter is smaller than the stride in one direction.
 */
import { allocateZeros, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { nothing } from '../activation.js';
import { type ConvolutionAttributes, convolutionShape, outputShape } from '../convolution.js';
import { convolveDepthwise } from '../convolveDepthwise.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

const NAME = tf.DepthwiseConv2dNative;

function depthwiseConv2d(args: KernelArguments): KernelResult {
  const { x, filter } = args.inputs as Inputs<tf.DepthwiseConv2dNativeInputs>;
  const attributes = args.attrs as unknown as ConvolutionAttributes;
  if (attributes.dataFormat === 'NCHW' || !areFloat32(x, filter)) return runOriginal(NAME, args);
  const shape = convolutionShape(NAME, x.shape, filter.shape, attributes, undefined, true);
  const backend = args.backend as BackendWasm;
  if (sizeOf(x.shape) === 0 || sizeOf(filter.shape) === 0) return allocateZeros(backend, outputShape(shape));
  return convolveDepthwise(backend, x, filter, shape, nothing);
}

export const depthwiseConv2dConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: depthwiseConv2d,
};
