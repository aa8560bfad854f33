/** What the convolution of volumes and its two gradients have in common: one sample after the other, unfolded to images. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { compute, type Executor, floatsOf } from './compute.js';
import { geometry, multiplyAdds } from './convolution.js';
import { DEPTH_BYTES, depthIntegers } from './generated/shapes.js';
import type { KernelExports } from './library.js';
import { depthOf, type VolumeConvolutionShape } from './volumes.js';

const BYTES = 4;

/** Floats of one sample of each tensor. */
interface SampleFloats {
  readonly x: number;
  readonly y: number;
  readonly unfolded: number;
  readonly filter: number;
}

/** Byte offsets, for the kernels of images and of the depth. */
export interface VolumeExecutor {
  readonly executor: Executor;
  readonly kernels: KernelExports;
  readonly depth: number;
  readonly images: number;
  /** One sample, unfolded. */
  readonly unfolded: number;
  /** The filter with its depth beside the channels. */
  readonly filter: number;
  /** Floats as the task has asked for, of all threads together. */
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
  imageScratch: (kernels: KernelExports, geometry: number) => { shared: number; own: number },
  run: (volume: VolumeExecutor) => void,
): tf.TensorInfo {
  const { images } = shape;
  const floats = floatsOfSample(shape);
  return compute(backend, {
    shape: outShape,
    floats: floatsOf(shape.batch * multiplyAdds(images)),
    integers: [...depthIntegers(depthOf(shape)), ...geometry(images)],
    scratch(kernels, integers) {
      const { shared, own } = imageScratch(kernels, integers + DEPTH_BYTES);
      return { shared: floats.unfolded + floats.filter + shared, own };
    },
    run(executor) {
      const { kernels, integers, shared } = executor;
      const filter = shared + floats.unfolded * BYTES;
      run({
        ...{ executor, kernels, depth: integers, images: integers + DEPTH_BYTES },
        ...{ unfolded: shared, filter, shared: filter + floats.filter * BYTES, sampleFloats: floats },
      });
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
  { kernels, filter }: VolumeExecutor,
  source: number,
  shape: VolumeConvolutionShape,
): void {
  const { filterDepth, inChannels, images } = shape;
  const taps = images.filterHeight * images.filterWidth;
  kernels.swapLeadingAxes(source, filter, filterDepth, taps, inChannels * images.outChannels);
}

/** The way back. */
export function foldFilter(
  { kernels, filter }: VolumeExecutor,
  result: number,
  shape: VolumeConvolutionShape,
): void {
  const { filterDepth, inChannels, images } = shape;
  const taps = images.filterHeight * images.filterWidth;
  kernels.swapLeadingAxes(filter, result, taps, filterDepth, inChannels * images.outChannels);
}
