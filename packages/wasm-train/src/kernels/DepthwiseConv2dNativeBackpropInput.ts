/**
 * dx[n][h][w][c] = sum over r, s, q of dy[n][i][j][c * multiplier + q] * w[r][s][c][q]
 *                  where h = i*stride + r*dilation - top and w = j*stride + s*dilation - left
 *
 * dy [batch, outHeight, outWidth, inChannels * multiplier], filter [filterHeight, filterWidth, inChannels, multiplier], both
 * float32; dx has the input's shape. Reads dy once from memory, writes dx once. tfjs's wasm backend has no such kernel at all.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { allocateOutput, fillWithZeros, kernels, pointer, withIntegers, withScratch } from '../backend.js';
import { type ConvolutionAttributes, convolutionShape, geometry } from '../convolution.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { runOriginal } from '../original.js';

const NAME = tf.DepthwiseConv2dNativeBackpropInput;

function depthwiseConv2dBackpropInput(args: KernelArguments): KernelResult {
  const { dy, filter } = args.inputs as Inputs<tf.DepthwiseConv2dNativeBackpropInputInputs>;
  const attributes = args.attrs as unknown as ConvolutionAttributes & { inputShape: number[] };
  if (!areFloat32(dy, filter)) return runOriginal(NAME, args);
  const backend = args.backend as BackendWasm;
  const { inputShape } = attributes;
  if (sizeOf(dy.shape) === 0 || sizeOf(filter.shape) === 0) {
    const dx = allocateOutput(backend, NAME, inputShape);
    fillWithZeros(backend, dx);
    return dx;
  }
  const outSize = [dy.shape[1]!, dy.shape[2]!] as const;
  const shape = convolutionShape(NAME, inputShape, filter.shape, attributes, outSize, true);
  const { depthwiseBackpropInput, depthwiseBackpropInputScratch } = kernels(backend);
  return withIntegers(backend, NAME, geometry(shape), (integers) =>
    withScratch(backend, NAME, depthwiseBackpropInputScratch(integers), (scratch) => {
      const dx = allocateOutput(backend, NAME, inputShape);
      depthwiseBackpropInput(
        integers,
        pointer(backend, dy),
        pointer(backend, filter),
        pointer(backend, dx),
        scratch,
      );
      return dx;
    }),
  );
}

export const depthwiseConv2dBackpropInputConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: depthwiseConv2dBackpropInput,
};
