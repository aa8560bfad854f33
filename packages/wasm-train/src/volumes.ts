/** Shapes of convolutions of volumes: from tfjs's attributes to those of the images that they are made of. */
import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionShape } from './convolution.js';
import type { Depth } from './generated/calls.js';
import { checkWindow, type WindowAxis } from './window.js';

export interface VolumeConvolutionAttributes {
  strides: [number, number, number] | number;
  pad: 'valid' | 'same' | number;
  dataFormat?: 'NDHWC' | 'NCDHW';
  /** tfjs leaves it out of the gradients' attributes; the gradient of Conv3D registered here does not. */
  dilations?: [number, number, number] | number;
}

/** Along the depth of one sample. */
export interface DepthShape {
  readonly inDepth: number;
  readonly outDepth: number;
  readonly filterDepth: number;
  readonly strideDepth: number;
  readonly dilationDepth: number;
  readonly front: number;
  readonly inChannels: number;
}

/** A convolution of volumes: the depth, and the convolution of images that is left once the depth is unfolded. */
export interface VolumeConvolutionShape extends DepthShape {
  readonly batch: number;
  /** Of one sample: outDepth images of filterDepth * inChannels channels. */
  readonly images: ConvolutionShape;
}

export type VolumeInfo = ReturnType<typeof tf.backend_util.computeConv3DInfo>;

/** The axes of volumes. */
export function volumeAxes(info: VolumeInfo): WindowAxis[] {
  return [
    { name: 'depth', size: info.inDepth, window: info.effectiveFilterDepth, outSize: info.outDepth },
    { name: 'height', size: info.inHeight, window: info.effectiveFilterHeight, outSize: info.outHeight },
    { name: 'width', size: info.inWidth, window: info.effectiveFilterWidth, outSize: info.outWidth },
  ];
}

/**
 * What padding leaves before x. For 'same' tfjs computes it with a negative padding, and moves the windows on, where the window
 * is smaller than the stride; TensorFlow and Keras begin at x there, and so do tfjs's images.
 */
export function paddingBefore({ padInfo }: VolumeInfo): { front: number; top: number; left: number } {
  return {
    front: Math.max(0, padInfo.front),
    top: Math.max(0, padInfo.top),
    left: Math.max(0, padInfo.left),
  };
}

/**
 * @param outSize depth, height and width of the output where dy tells them
 * @throws ShapeError
 */
export function volumeConvolutionShape(
  kernelName: string,
  inShape: readonly number[],
  filterShape: readonly number[],
  attributes: VolumeConvolutionAttributes,
  outSize?: readonly number[],
): VolumeConvolutionShape {
  const info = tf.backend_util.computeConv3DInfo(
    inShape as [number, number, number, number, number],
    filterShape as [number, number, number, number, number],
    attributes.strides,
    attributes.dilations ?? 1,
    attributes.pad,
  );
  checkWindow(kernelName, 'filter', attributes.pad, outSize, () => volumeAxes(info));
  const { front, top, left } = paddingBefore(info);
  const { batchSize, inDepth, outDepth, filterDepth, strideDepth, dilationDepth, inChannels } = info;
  const { inHeight, inWidth, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const images = {
    batch: outDepth,
    inHeight,
    inWidth,
    inChannels: filterDepth * inChannels,
    outHeight,
    outWidth,
    outChannels,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    top,
    left,
  };
  return {
    batch: batchSize,
    inDepth,
    outDepth,
    filterDepth,
    strideDepth,
    dilationDepth,
    front,
    inChannels,
    images,
  };
}

/** The record of assembly/conv3d/volumes.ts, without the tensors. */
export function depthOf(shape: VolumeConvolutionShape): Omit<Depth, 'x' | 'unfolded'> {
  const { inDepth, outDepth, filterDepth, strideDepth, dilationDepth, front, inChannels, images } = shape;
  const pixels = images.inHeight * images.inWidth;
  return { inDepth, outDepth, filterDepth, strideDepth, dilationDepth, front, pixels, channels: inChannels };
}
