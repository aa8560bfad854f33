/** Pooling shapes: from tfjs's attributes to the record that the compiled kernels read. */
import * as tf from '@tensorflow/tfjs-core';
import type { Pooling } from './generated/calls.js';
import { sizeOf } from './kernel.js';
import { checkWindow, imageAxes, type RoundingMode } from './window.js';

export interface PoolingAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The record of assembly/pool/windows.ts, the output's shape, and how many floats all windows hold.
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
): { pooling: Pooling; outShape: number[]; floats: number } {
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
  const pooling = {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    channels: info.inChannels,
    outHeight,
    outWidth,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  };
  const outShape = [info.batchSize, outHeight, outWidth, info.inChannels];
  return { pooling, outShape, floats: sizeOf(outShape) * info.filterHeight * info.filterWidth };
}
