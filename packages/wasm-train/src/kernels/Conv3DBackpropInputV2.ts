/**
 * dx[n][d][h][w][c] = sum over q, r, s, o of dy[n][i][j][k][o] * filter[q][r][s][c][o]
 *   where d = i*stride + q*dilation - front, h = j*stride + r*dilation - top and w = k*stride + s*dilation - left
 *
 * dy [batch, outDepth, outHeight, outWidth, outChannels], filter [filterDepth, filterHeight, filterWidth, inChannels,
 * outChannels], both float32; dx has the input's shape. conv2dBackpropInput, and then a sum over the depth taps: reads dy once,
 * writes dx once and adds to it filterDepth times. tfjs's kernel of this name gives wrong numbers.
 */
import { allocateZeros, pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { runOnFloat32 } from '../integers.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { computeVolumes, forEachSample, unfoldFilter } from '../volumeConvolution.js';
import { type VolumeConvolutionAttributes, volumeConvolutionShape } from '../volumes.js';

const NAME = tf.Conv3DBackpropInputV2;

function conv3DBackpropInput(args: KernelArguments): KernelResult {
  const { dy, filter } = args.inputs as Inputs<tf.Conv3DBackpropInputV2Inputs>;
  if (!areFloat32(dy, filter)) {
    return runOnFloat32(NAME, args, sizeOf(filter.shape) / filter.shape[3]!, conv3DBackpropInput);
  }
  const backend = args.backend as BackendWasm;
  const attributes = args.attrs as unknown as VolumeConvolutionAttributes & { inputShape: number[] };
  const { inputShape } = attributes;
  const shape = volumeConvolutionShape(NAME, inputShape, filter.shape, attributes, dy.shape.slice(1, 4));
  if (sizeOf(dy.shape) === 0 || sizeOf(filter.shape) === 0) return allocateZeros(backend, inputShape);
  return computeVolumes(
    backend,
    inputShape,
    shape,
    (call, images) => ({
      shared: call('conv2dBackpropInputShared', images),
      own: call('conv2dBackpropInputScratch', images),
    }),
    (volume) => {
      const { executor, depth, images, unfolded, shared } = volume;
      const { call, range } = executor;
      unfoldFilter(volume, pointerOf(backend, filter), shape);
      const gradient = { dy: pointerOf(backend, dy), filter: volume.filter, dx: unfolded, shared, ...images };
      call('conv2dBackpropInputPrepare', gradient);
      forEachSample(shape, volume.sampleFloats, executor.output, gradient.dy, (dxSample, dySample) => {
        range('conv2dBackpropInput', { ...gradient, dy: dySample }, shape.outDepth);
        range('foldDepth', { unfolded, x: dxSample, ...depth }, shape.inDepth);
      });
    },
  );
}

export const conv3DBackpropInputConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: conv3DBackpropInput,
};
