/**
 * y[n][i][j][k][o] = sum over q, r, s, c of x[n][d][h][w][c] * filter[q][r][s][c][o]
 *   where d = i*stride + q*dilation - front, h = j*stride + r*dilation - top and w = k*stride + s*dilation - left
 *
 * x [batch, depth, height, width, inChannels], filter [filterDepth, filterHeight, filterWidth, inChannels, outChannels], both
 * float32. The depth taps of each sample are laid side by side as channels, then conv2d convolves: reads x filterDepth times
 * from memory, writes y once. Any stride, padding and dilation.
 */
import { allocateZeros, pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { runOnFloat32 } from '../integers.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { computeVolumes, forEachSample, unfoldFilter } from '../volumeConvolution.js';
import { type VolumeConvolutionAttributes, volumeConvolutionShape } from '../volumes.js';

function conv3D(args: KernelArguments): KernelResult {
  const { x, filter } = args.inputs as Inputs<tf.Conv3DInputs>;
  if (!areFloat32(x, filter)) {
    return runOnFloat32(tf.Conv3D, args, sizeOf(filter.shape.slice(0, 4)), conv3D);
  }
  const backend = args.backend as BackendWasm;
  const attributes = args.attrs as unknown as VolumeConvolutionAttributes;
  const shape = volumeConvolutionShape(tf.Conv3D, x.shape, filter.shape, attributes);
  const { outHeight, outWidth, outChannels } = shape.images;
  const outShape = [shape.batch, shape.outDepth, outHeight, outWidth, outChannels];
  if (sizeOf(x.shape) === 0 || sizeOf(filter.shape) === 0) return allocateZeros(backend, outShape);
  return computeVolumes(
    backend,
    outShape,
    shape,
    (call, images) => ({ shared: call('conv2dShared', images), own: call('conv2dScratch', images) }),
    (volume) => {
      const { executor, depth, images, unfolded, shared } = volume;
      const { call, range } = executor;
      unfoldFilter(volume, pointerOf(backend, filter), shape);
      const convolution = { x: unfolded, filter: volume.filter, y: executor.output, shared, ...images };
      call('conv2dPrepare', convolution);
      const items = call('conv2dItems', images);
      forEachSample(
        shape,
        volume.sampleFloats,
        pointerOf(backend, x),
        executor.output,
        (xSample, ySample) => {
          range('unfoldDepth', { x: xSample, unfolded, ...depth }, shape.outDepth);
          range('conv2d', { ...convolution, y: ySample }, items);
        },
      );
    },
  );
}

export const conv3DConfig: tf.KernelConfig = {
  kernelName: tf.Conv3D,
  backendName: 'wasm',
  kernelFunc: conv3D,
};
