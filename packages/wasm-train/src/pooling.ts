/** Pooling shapes: from tfjs's attributes to the integers that the compiled kernels read. */
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from './kernel.js';
import { checkWindow, imageAxes, type RoundingMode } from './window.js';

export interface PoolingAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The integers of assembly/poolGeometry.ts, in its order, the output's shape, and how many floats all windows hold.
 *
 * @param kernelName for errors
 * @param outSize height and width of the output where dy tells them: tfjs's gradient of a pooling does not pass the
 * rounding mode on
 * @throws ShapeError
 */
export function poolingGeometry(
  kernelName: string,
  inShape: readonly number[],
  attributes: PoolingAttributes,
  outSize?: readonly [number, number],
): { integers: number[]; outShape: number[]; floats: number } {
  const infoOf = (dimRoundingMode: RoundingMode = attributes.dimRoundingMode) =>
    tf.backend_util.computePool2DInfo(
      inShape as [number, number, number, number],
      attributes.filterSize,
      attributes.strides,
      1,
      attributes.pad,
      dimRoundingMode,
    );
  const info = infoOf();
  checkWindow(kernelName, 'window', attributes.pad, outSize, (mode) => imageAxes(infoOf(mode)));
  const outHeight = outSize?.[0] ?? info.outHeight;
  const outWidth = outSize?.[1] ?? info.outWidth;
  const integers = [
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    outHeight,
    outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
  ];
  const outShape = [info.batchSize, outHeight, outWidth, info.inChannels];
  return { integers, outShape, floats: sizeOf(outShape) * info.filterHeight * info.filterWidth };
}
