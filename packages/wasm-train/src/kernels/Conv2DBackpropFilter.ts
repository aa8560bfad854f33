/**
 * dw[r][s][c][o] = sum over n, i, j of x[n][i*stride + r*dilation - top][j*stride + s*dilation - left][c] * dy[n][i][j][o]
 *
 * x [batch, height, width, inChannels], dy [batch, outHeight, outWidth, outChannels], both float32; dw has the filter's
 * shape. Reads x and dy once from memory, writes dw once. tfjs's wasm backend has no such kernel at all.
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

const NAME = tf.Conv2DBackpropFilter;

function conv2DBackpropFilter(args: KernelArguments): KernelResult {
  const { x, dy } = args.inputs as Inputs<tf.Conv2DBackpropFilterInputs>;
  const attributes = args.attrs as unknown as ConvolutionAttributes & { filterShape: number[] };
  if (attributes.dataFormat === 'NCHW' || !areFloat32(x, dy)) return runOriginal(NAME, args);
  const outSize = [dy.shape[1]!, dy.shape[2]!] as const;
  const shape = convolutionShape(NAME, x.shape, attributes.filterShape, attributes, outSize);
  return filterGradient(args.backend as BackendWasm, x, dy, attributes.filterShape, shape);
}

function filterGradient(
  backend: BackendWasm,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  filterShape: number[],
  shape: ConvolutionShape,
): tf.TensorInfo {
  if (sizeOf(x.shape) === 0 || sizeOf(dy.shape) === 0) {
    return allocateZeros(backend, filterShape);
  }
  if (isPointwise(shape)) {
    const pixels = pixelsOf(shape);
    const { inChannels, outChannels } = shape;
    const a = matrix(pointerOf(backend, x), inChannels, pixels, true);
    const b = matrix(pointerOf(backend, dy), pixels, outChannels);
    const size = { rows: inChannels, columns: outChannels, depth: pixels };
    return product(backend, filterShape, a, b, size);
  }
  const geometry = geometryOf(shape);
  return compute(backend, {
    shape: filterShape,
    floats: floatsOf(multiplyAdds(shape)),
    scratch: ({ call }) => ({
      shared: call('conv2dBackpropFilterShared', geometry),
      own: call('conv2dBackpropFilterScratch', geometry),
    }),
    run({ shared, output, call, range }) {
      const gradient = {
        x: pointerOf(backend, x),
        dy: pointerOf(backend, dy),
        dFilter: output,
        shared,
        ...geometry,
      };
      call('conv2dBackpropFilterPrepare', gradient);
      range('conv2dBackpropFilter', gradient, call('conv2dBackpropFilterItems', geometry));
      call('conv2dBackpropFilterFinish', gradient);
    },
  });
}

export const conv2DBackpropFilterConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: conv2DBackpropFilter,
};
