/** Poolings of volumes and their gradients: two poolings of images, one after the other. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute, type Executor, type Task } from './compute.js';
import type { Pooling } from './generated/calls.js';
import { sizeOf } from './kernel.js';
import { paddingBefore, volumeAxes } from './volumes.js';
import { checkWindow } from './window.js';

const BYTES = 4;
/** Floats in a vector: with so many channels a window's pixels are whole vectors. */
const LANES = 4;

export interface VolumePoolingAttributes {
  filterSize: [number, number, number] | number;
  strides: [number, number, number] | number;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * A pooling of volumes is one of every slice and one along the depth, in either order: the window is a block, and so is the part of
 * it that lies inside of x.
 */
export interface VolumePooling {
  readonly outShape: number[];
  readonly first: Pooling;
  readonly second: Pooling;
  /** That the first gives. */
  readonly floatsBetween: number;
  /** That all windows of both hold. */
  readonly floats: number;
}

/**
 * @param outSize depth, height and width of the output where dy tells them
 * @param order Which comes first. Along the depth the pixels of a slice are channels, and so go in vectors: with few channels it is
 * quicker first, as it leaves fewer slices.
 * @throws ShapeError
 */
export function volumePooling(
  kernelName: string,
  inShape: readonly number[],
  attributes: VolumePoolingAttributes,
  outSize?: readonly number[],
  order: 'slices first' | 'depth first' = inShape[4]! < LANES ? 'depth first' : 'slices first',
): VolumePooling {
  const infoOf = (mode = attributes.dimRoundingMode) =>
    tf.backend_util.computePool3DInfo(
      inShape as [number, number, number, number, number],
      attributes.filterSize,
      attributes.strides,
      1,
      attributes.pad,
      mode,
      'NDHWC',
    );
  const info = infoOf();
  checkWindow(kernelName, 'window', attributes.pad, outSize, (mode) => volumeAxes(infoOf(mode)));
  const { front, top, left } = paddingBefore(info);
  const { batchSize, inDepth, inHeight, inWidth, inChannels, filterDepth, filterHeight, filterWidth } = info;
  const outDepth = outSize?.[0] ?? info.outDepth;
  const outHeight = outSize?.[1] ?? info.outHeight;
  const outWidth = outSize?.[2] ?? info.outWidth;
  const depthFirst = order === 'depth first';
  const slices: Pooling = {
    batch: batchSize * (depthFirst ? outDepth : inDepth),
    inHeight,
    inWidth,
    channels: inChannels,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    top,
    left,
  };
  // Images of inDepth rows and one column, whose channels are those of all pixels of a slice.
  const depth: Pooling = {
    batch: batchSize,
    inHeight: inDepth,
    inWidth: 1,
    channels: (depthFirst ? inHeight * inWidth : outHeight * outWidth) * inChannels,
    outHeight: outDepth,
    outWidth: 1,
    filterHeight: filterDepth,
    filterWidth: 1,
    strideHeight: info.strideDepth,
    strideWidth: 1,
    top: front,
    left: 0,
  };
  const [first, second] = depthFirst ? [depth, slices] : [slices, depth];
  const outShape = [batchSize, outDepth, outHeight, outWidth, inChannels];
  const floatsBetween = outFloatsOf(first);
  return {
    outShape,
    first,
    second,
    floatsBetween,
    floats:
      floatsBetween * first.filterHeight * first.filterWidth +
      sizeOf(outShape) * second.filterHeight * second.filterWidth,
  };
}

function outFloatsOf({ batch, outHeight, outWidth, channels }: Pooling): number {
  return batch * outHeight * outWidth * channels;
}

/**
 * A new tensor with what `run` writes to it.
 *
 * @param tensorsBetween Tensors of scratch, each of the size of what the first pooling gives.
 * @param passes How often the windows' floats are gone through.
 * @param run Is given the byte offsets of the tensors between.
 */
export function computePooling(
  backend: BackendWasm,
  { shape, dtype }: Pick<Task, 'shape' | 'dtype'>,
  { floats, floatsBetween }: VolumePooling,
  tensorsBetween: number,
  passes: number,
  run: (executor: Executor, ...between: number[]) => void,
): tf.TensorInfo {
  return compute(backend, {
    shape,
    dtype: dtype ?? 'float32',
    floats: passes * floats,
    scratch: () => ({ shared: tensorsBetween * floatsBetween }),
    run(executor) {
      const offsets = Array.from(
        { length: tensorsBetween },
        (_, i) => executor.shared + i * floatsBetween * BYTES,
      );
      run(executor, ...offsets);
    },
  });
}
