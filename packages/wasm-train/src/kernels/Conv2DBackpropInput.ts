/**
 * dx[n][h][w][c] = sum over r, s, o of dy[n][i][j][o] * w[r][s][c][o]
 *                  where h = i*stride + r*dilation - top and w = j*stride + s*dilation - left
 *
 * dy [batch, outHeight, outWidth, outChannels], filter [filterHeight, filterWidth, inChannels, outChannels], both
 * float32; dx has the input's shape. Reads dy once, writes dx once. Channels first goes to tfjs.
 */
import { allocateZeros, pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute, floatsOf } from '../compute.js';
import {
  type ConvolutionAttributes,
  type ConvolutionShape,
  convolutionShape,
  geometryOf,
  isPointwise,
  multiplyAdds,
  pixelsOf,
} from '../convolution.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { matrix, product } from '../matmul.js';

const NAME = tf.Conv2DBackpropInput;

function conv2DBackpropInput(args: KernelArguments): KernelResult {
  const { dy, filter } = args.inputs as Inputs<tf.Conv2DBackpropInputInputs>;
  const attributes = args.attrs as unknown as ConvolutionAttributes & { inputShape: number[] };
  if (attributes.dataFormat === 'NCHW' || !areFloat32(dy, filter)) return runOriginal(NAME, args);
  const outSize = [dy.shape[1]!, dy.shape[2]!] as const;
  const shape = convolutionShape(NAME, attributes.inputShape, filter.shape, attributes, outSize);
  return inputGradient(args.backend as BackendWasm, dy, filter, attributes.inputShape, shape);
}

function inputGradient(
  backend: BackendWasm,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  inputShape: number[],
  shape: ConvolutionShape,
): tf.TensorInfo {
  if (sizeOf(dy.shape) === 0 || sizeOf(filter.shape) === 0) {
    return allocateZeros(backend, inputShape);
  }
  if (isPointwise(shape)) {
    const pixels = pixelsOf(shape);
    const { inChannels, outChannels } = shape;
    const a = matrix(pointerOf(backend, dy), pixels, outChannels);
    const b = matrix(pointerOf(backend, filter), outChannels, inChannels, true);
    const size = { rows: pixels, columns: inChannels, depth: outChannels };
    return product(backend, inputShape, a, b, size);
  }
  const geometry = geometryOf(shape);
  return compute(backend, {
    shape: inputShape,
    floats: floatsOf(multiplyAdds(shape)),
    scratch: ({ call }) => ({
      shared: call('conv2dBackpropInputShared', geometry),
      own: call('conv2dBackpropInputScratch', geometry),
    }),
    run({ shared, output, call, range }) {
      const gradient = {
        dy: pointerOf(backend, dy),
        filter: pointerOf(backend, filter),
        dx: output,
        shared,
        ...geometry,
      };
      call('conv2dBackpropInputPrepare', gradient);
      range('conv2dBackpropInput', gradient, shape.batch);
    },
  });
}

export const conv2DBackpropInputConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: conv2DBackpropInput,
};
