/** What the convolution of volumes and its two gradients have in common: one sample after the other, unfolded to images. */

import type { Caller } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { compute, type Executor, floatsOf } from './compute.js';
import { geometryOf, multiplyAdds } from './convolution.js';
import type { Geometry, Kernels } from './generated/calls.js';
import { depthOf, type VolumeConvolutionShape } from './volumes.js';

const BYTES = 4;

/** Floats of one sample of each tensor. */
interface SampleFloats {
  readonly x: number;
  readonly y: number;
  readonly unfolded: number;
  readonly filter: number;
}

/** What the kernels of images and of the depth are told. */
export interface VolumeExecutor {
  readonly executor: Executor;
  readonly depth: ReturnType<typeof depthOf>;
  readonly images: Geometry;
  /** Byte offset of one sample, unfolded. */
  readonly unfolded: number;
  /** Of the filter with its depth beside the channels. */
  readonly filter: number;
  /** Of the floats that the task has asked for, of all threads together. */
  readonly shared: number;
  readonly sampleFloats: SampleFloats;
}

/**
 * A new tensor with what `run` writes to it.
 *
 * @param imageScratch Scratch of the kernel of images.
 */
export function computeVolumes(
  backend: BackendWasm,
  outShape: number[],
  shape: VolumeConvolutionShape,
  imageScratch: (call: Caller<Kernels>['call'], images: Geometry) => { shared: number; own: number },
  run: (volume: VolumeExecutor) => void,
): tf.TensorInfo {
  const images = geometryOf(shape.images);
  const depth = depthOf(shape);
  const floats = floatsOfSample(shape);
  return compute(backend, {
    shape: outShape,
    floats: floatsOf(shape.batch * multiplyAdds(shape.images)),
    scratch({ call }) {
      const { shared, own } = imageScratch(call, images);
      return { shared: floats.unfolded + floats.filter + shared, own };
    },
    run(executor) {
      const unfolded = executor.shared;
      const filter = unfolded + floats.unfolded * BYTES;
      const shared = filter + floats.filter * BYTES;
      run({ executor, depth, images, unfolded, filter, shared, sampleFloats: floats });
    },
  });
}

function floatsOfSample({ inDepth, outDepth, inChannels, images }: VolumeConvolutionShape): SampleFloats {
  const pixels = images.inHeight * images.inWidth;
  return {
    x: inDepth * pixels * inChannels,
    y: outDepth * images.outHeight * images.outWidth * images.outChannels,
    unfolded: outDepth * pixels * images.inChannels,
    filter: images.filterHeight * images.filterWidth * images.inChannels * images.outChannels,
  };
}

/** Calls `visit` with the byte offsets of each sample of tensors that begin at x and y. */
export function forEachSample(
  { batch }: VolumeConvolutionShape,
  sampleFloats: SampleFloats,
  x: number,
  y: number,
  visit: (x: number, y: number, sample: number) => void,
): void {
  for (let sample = 0; sample < batch; ++sample) {
    visit(x + sample * sampleFloats.x * BYTES, y + sample * sampleFloats.y * BYTES, sample);
  }
}

/** Writes the filter at `source`, [depth, height, width, in, out], as one of images, [height, width, depth * in, out]. */
export function unfoldFilter(
  { executor, filter }: VolumeExecutor,
  source: number,
  { filterDepth, inChannels, images }: VolumeConvolutionShape,
): void {
  const second = images.filterHeight * images.filterWidth;
  const floats = inChannels * images.outChannels;
  executor.call('swapLeadingAxes', { source, result: filter, first: filterDepth, second, floats });
}

/** The way back. */
export function foldFilter(
  { executor, filter }: VolumeExecutor,
  result: number,
  { filterDepth, inChannels, images }: VolumeConvolutionShape,
): void {
  const first = images.filterHeight * images.filterWidth;
  const floats = inChannels * images.outChannels;
  executor.call('swapLeadingAxes', { source: filter, result, first, second: filterDepth, floats });
}
