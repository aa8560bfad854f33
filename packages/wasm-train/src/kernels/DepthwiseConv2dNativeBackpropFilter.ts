/**
 * dw[r][s][c][q] = sum over n, i, j of
 *   x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][c * multiplier + q]
 *
 * x [batch, height, width, inChannels], dy [batch, outHeight, outWidth, inChannels * multiplier], both float32; dw has the
 * filter's shape. Reads x and dy once from memory, writes dw once. tfjs's wasm backend has no such kernel at all.
 */
import { allocateZeros, pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute, floatsOf } from '../compute.js';
import { type ConvolutionAttributes, convolutionShape, geometryOf, multiplyAdds } from '../convolution.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

const NAME = tf.DepthwiseConv2dNativeBackpropFilter;

function depthwiseConv2dBackpropFilter(args: KernelArguments): KernelResult {
  const { x, dy } = args.inputs as Inputs<tf.DepthwiseConv2dNativeBackpropFilterInputs>;
  const attributes = args.attrs as unknown as ConvolutionAttributes & { filterShape: number[] };
  if (!areFloat32(x, dy)) return runOriginal(NAME, args);
  const backend = args.backend as BackendWasm;
  const { filterShape } = attributes;
  if (sizeOf(x.shape) === 0 || sizeOf(dy.shape) === 0) {
    return allocateZeros(backend, filterShape);
  }
  const outSize = [dy.shape[1]!, dy.shape[2]!] as const;
  const shape = convolutionShape(NAME, x.shape, filterShape, attributes, outSize, true);
  return compute(backend, {
    shape: filterShape,
    floats: floatsOf(multiplyAdds(shape)),
    run({ shared, output, call }) {
      call('depthwiseBackpropFilter', {
        ...geometryOf(shape),
        x: pointerOf(backend, x),
        dy: pointerOf(backend, dy),
        dFilter: output,
        shared,
      });
    },
  });
}

export const depthwiseConv2dBackpropFilterConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: depthwiseConv2dBackpropFilter,
};
