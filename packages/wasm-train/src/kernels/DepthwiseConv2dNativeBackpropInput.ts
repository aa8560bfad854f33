/**
 * dx[n][h][w][c] = sum over r, s, q of dy[n][i][j][c * multiplier + q] * w[r][s][c][q]
 *                  where h = i*stride + r*dilation - top and w = j*stride + s*dilation - left
 *
 * dy [batch, outHeight, outWidth, inChannels * multiplier], filter [filterHeight, filterWidth, inChannels, multiplier], both
 * float32; dx has the input's shape. Reads dy once from memory, writes dx once. tfjs's wasm backend has no such kernel at all.
 */
import { allocateZeros, pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute, floatsOf } from '../compute.js';
import { type ConvolutionAttributes, convolutionShape, geometryOf, multiplyAdds } from '../convolution.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

const NAME = tf.DepthwiseConv2dNativeBackpropInput;

function depthwiseConv2dBackpropInput(args: KernelArguments): KernelResult {
  const { dy, filter } = args.inputs as Inputs<tf.DepthwiseConv2dNativeBackpropInputInputs>;
  const attributes = args.attrs as unknown as ConvolutionAttributes & { inputShape: number[] };
  if (!areFloat32(dy, filter)) return runOriginal(NAME, args);
  const backend = args.backend as BackendWasm;
  const { inputShape } = attributes;
  if (sizeOf(dy.shape) === 0 || sizeOf(filter.shape) === 0) {
    return allocateZeros(backend, inputShape);
  }
  const outSize = [dy.shape[1]!, dy.shape[2]!] as const;
  const shape = convolutionShape(NAME, inputShape, filter.shape, attributes, outSize, true);
  const geometry = geometryOf(shape);
  return compute(backend, {
    shape: inputShape,
    floats: floatsOf(multiplyAdds(shape)),
    scratch: ({ call }) => ({ shared: call('depthwiseScratch', geometry) }),
    run({ shared, output, call }) {
      call('depthwiseBackpropInput', {
        dy: pointerOf(backend, dy),
        filter: pointerOf(backend, filter),
        dx: output,
        shared,
        ...geometry,
      });
    },
  });
}

export const depthwiseConv2dBackpropInputConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: depthwiseConv2dBackpropInput,
};
