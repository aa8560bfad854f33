/**
 * dw[q][r][s][c][o] = sum over n, i, j, k of x[n][d][h][w][c] * dy[n][i][j][k][o]
 *   where d = i*stride + q*dilation - front, h = j*stride + r*dilation - top and w = k*stride + s*dilation - left
 *
 * x [batch, depth, height, width, inChannels], dy [batch, outDepth, outHeight, outWidth, outChannels], both float32; dw has the
 * filter's shape. The depth taps of each sample are laid side by side as channels, then conv2dBackpropFilter sums: reads x
 * filterDepth times and dy once from memory. Each sample has a separate sum. tfjs's kernel of this name gives wrong numbers.
 */
import { allocateZeros, pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { runOnFloat32 } from '../integers.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { computeVolumes, foldFilter, forEachSample } from '../volumeConvolution.js';
import { type VolumeConvolutionAttributes, volumeConvolutionShape } from '../volumes.js';

const NAME = tf.Conv3DBackpropFilterV2;

function conv3DBackpropFilter(args: KernelArguments): KernelResult {
  const { x, dy } = args.inputs as Inputs<tf.Conv3DBackpropFilterV2Inputs>;
  if (!areFloat32(x, dy)) {
    return runOnFloat32(NAME, args, sizeOf(dy.shape.slice(0, 4)), conv3DBackpropFilter);
  }
  const backend = args.backend as BackendWasm;
  const attributes = args.attrs as unknown as VolumeConvolutionAttributes & { filterShape: number[] };
  const { filterShape } = attributes;
  const shape = volumeConvolutionShape(NAME, x.shape, filterShape, attributes, dy.shape.slice(1, 4));
  if (sizeOf(x.shape) === 0 || sizeOf(dy.shape) === 0) return allocateZeros(backend, filterShape);
  return computeVolumes(
    backend,
    filterShape,
    shape,
    (call, images) => ({
      shared: call('conv2dBackpropFilterShared', images),
      own: call('conv2dBackpropFilterScratch', images),
    }),
    (volume) => {
      const { executor, depth, images, unfolded, filter, shared, sampleFloats } = volume;
      const { kernels, output, call, range } = executor;
      const ofAll = { x: unfolded, dy: pointerOf(backend, dy), dFilter: filter, shared, ...images };
      call('conv2dBackpropFilterPrepare', ofAll);
      const items = call('conv2dBackpropFilterItems', images);
      forEachSample(shape, sampleFloats, pointerOf(backend, x), ofAll.dy, (xSample, dySample, sample) => {
        range('unfoldDepth', { x: xSample, unfolded, ...depth }, shape.outDepth);
        // Later samples' sums go by way of the output, whose last content comes at the end.
        const gradient = { ...ofAll, dy: dySample, dFilter: sample === 0 ? filter : output };
        range('conv2dBackpropFilter', gradient, items);
        call('conv2dBackpropFilterFinish', gradient);
        if (sample > 0) kernels.accumulate(filter, output, sampleFloats.filter);
      });
      foldFilter(volume, output, shape);
    },
  );
}

export const conv3DBackpropFilterConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: conv3DBackpropFilter,
};
