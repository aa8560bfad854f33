/**
 * Convolution shapes: from tfjs's attributes to the integers that the compiled kernels read.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Geometry } from './generated/calls.js';
import { checkWindow, imageAxes, type RoundingMode } from './window.js';

/** The attributes that Conv2D and its two gradients have in common. A depthwise convolution's lack dataFormat. */
export interface ConvolutionAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat: 'NHWC' | 'NCHW';
  /** tfjs leaves it out of the gradients' attributes; the gradient of Conv2D registered here does not. */
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** What tfjs says of it; the rest of a geometry follows. */
export type ConvolutionShape = Omit<Geometry, 'paddedHeight' | 'paddedWidth' | 'padded'>;

/**
 * @param kernelName for errors
 * @param outSize height and width of the output where a tensor tells them (the gradients have dy): tfjs's gradient of
 * a convolution does not pass the rounding mode on, so they cannot be computed again
 * @param depthwise whether the filter is [height, width, inChannels, multiplier]
 * @throws ShapeError
 */
export function convolutionShape(
  kernelName: string,
  inShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
  outSize?: readonly [number, number],
  depthwise = false,
): ConvolutionShape {
  const infoOf = (dimRoundingMode: RoundingMode = attributes.dimRoundingMode) =>
    tf.backend_util.computeConv2DInfo(
      inShape as [number, number, number, number],
      filterShape as [number, number, number, number],
      attributes.strides,
      attributes.dilations ?? 1,
      attributes.pad,
      dimRoundingMode,
      depthwise,
    );
  const info = infoOf();
  checkWindow(kernelName, 'filter', attributes.pad, outSize, (mode) => imageAxes(infoOf(mode)));
  return {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: outSize?.[0] ?? info.outHeight,
    outWidth: outSize?.[1] ?? info.outWidth,
    outChannels: info.outChannels,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  };
}

export function outputShape(shape: ConvolutionShape): number[] {
  return [shape.batch, shape.outHeight, shape.outWidth, shape.outChannels];
}

/** Output pixels of the whole batch. */
export function pixelsOf({ batch, outHeight, outWidth }: ConvolutionShape): number {
  return batch * outHeight * outWidth;
}

/** Multiplications and additions of the convolution, or of either gradient. */
export function multiplyAdds(shape: ConvolutionShape): number {
  const { filterHeight, filterWidth, inChannels, batch, outHeight, outWidth, outChannels } = shape;
  return filterHeight * filterWidth * inChannels * batch * outHeight * outWidth * outChannels;
}

/** A 1x1 convolution of all pixels is one matrix product, [pixels, inChannels] by [inChannels, outChannels]. */
export function isPointwise(shape: ConvolutionShape): boolean {
  const { filterHeight, filterWidth, top, left, inHeight, inWidth, outHeight, outWidth } = shape;
  return (
    filterHeight === 1 &&
    filterWidth === 1 &&
    shape.strideHeight === 1 &&
    shape.strideWidth === 1 &&
    top === 0 &&
    left === 0 &&
    inHeight === outHeight &&
    inWidth === outWidth
  );
}

/** The record of assembly/conv2d/geometry.ts. */
export function geometryOf(shape: ConvolutionShape): Geometry {
  const { inHeight, inWidth, outHeight, outWidth, top, left } = shape;
  const coveredHeight =
    (outHeight - 1) * shape.strideHeight + (shape.filterHeight - 1) * shape.dilationHeight + 1;
  const coveredWidth = (outWidth - 1) * shape.strideWidth + (shape.filterWidth - 1) * shape.dilationWidth + 1;
  const padded = top !== 0 || left !== 0 || coveredHeight > inHeight || coveredWidth > inWidth;
  return {
    paddedHeight: padded ? coveredHeight : inHeight,
    paddedWidth: padded ? coveredWidth : inWidth,
    padded: Number(padded),
    // Last, as in every call of a kernel: an object that is spread and then added to is made ten times as slowly.
    ...shape,
  };
}
