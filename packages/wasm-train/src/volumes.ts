/** Shapes of convolutions and poolings of volumes: from tfjs's attributes to those of the images that they are made of. */
import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionShape } from './convolution.js';
import type { Depth, Pooling } from './generated/calls.js';
import { checkWindow, type WindowAxis, type WindowName } from './window.js';

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

type VolumeInfo = ReturnType<typeof tf.backend_util.computeConv3DInfo>;

function volumeAxes(info: VolumeInfo): WindowAxis[] {
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
function paddingBefore({ padInfo }: VolumeInfo): { front: number; top: number; left: number } {
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
  return {
    ...{ batch: batchSize, inDepth, outDepth, filterDepth, strideDepth, dilationDepth, front, inChannels },
    images: {
      ...{ batch: outDepth, inHeight, inWidth, inChannels: filterDepth * inChannels },
      ...{ outHeight, outWidth, outChannels, filterHeight, filterWidth },
      ...{ strideHeight, strideWidth, dilationHeight, dilationWidth, top, left },
    },
  };
}

export interface VolumePoolingAttributes {
  filterSize: [number, number, number] | number;
  strides: [number, number, number] | number;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * A pooling of volumes is one of every slice, and then one of the slices: the window's pixels in the image form a block, and so
 * do those inside of its padding.
 */
export interface VolumePooling {
  readonly outShape: number[];
  /** The first: of batch * inDepth images. */
  readonly slices: Pooling;
  /** The second: of batch images of inDepth rows and one column, whose channels are those of all pixels of a slice. */
  readonly depth: Pooling;
  /** Between the two. */
  readonly floatsBetween: number;
  /** That all windows of both hold. */
  readonly floats: number;
}

/**
 * @param outSize depth, height and width of the output where dy tells them
 * @throws ShapeError
 */
export function volumePooling(
  kernelName: string,
  inShape: readonly number[],
  attributes: VolumePoolingAttributes,
  outSize?: readonly number[],
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
  checkWindow(kernelName, 'window' satisfies WindowName, attributes.pad, outSize, (mode) =>
    volumeAxes(infoOf(mode)),
  );
  const { front, top, left } = paddingBefore(info);
  const [outDepth, outHeight, outWidth] = outSize ?? [info.outDepth, info.outHeight, info.outWidth];
  const { batchSize, inDepth, inHeight, inWidth, inChannels, filterDepth, filterHeight, filterWidth } = info;
  const pixels = outHeight! * outWidth!;
  const floatsBetween = batchSize * inDepth * pixels * inChannels;
  const outShape = [batchSize, outDepth!, outHeight!, outWidth!, inChannels];
  return {
    outShape,
    slices: {
      ...{ batch: batchSize * inDepth, inHeight, inWidth, channels: inChannels },
      ...{ outHeight: outHeight!, outWidth: outWidth!, filterHeight, filterWidth },
      ...{ strideHeight: info.strideHeight, strideWidth: info.strideWidth, top, left },
    },
    depth: {
      ...{ batch: batchSize, inHeight: inDepth, inWidth: 1, channels: pixels * inChannels },
      ...{ outHeight: outDepth!, outWidth: 1, filterHeight: filterDepth, filterWidth: 1 },
      ...{ strideHeight: info.strideDepth, strideWidth: 1, top: front, left: 0 },
    },
    floatsBetween,
    floats:
      floatsBetween * filterHeight * filterWidth + batchSize * outDepth! * pixels * inChannels * filterDepth,
  };
}

/** The record of assembly/conv3d/volumes.ts, without the tensors. */
export function depthOf(shape: VolumeConvolutionShape): Omit<Depth, 'x' | 'unfolded'> {
  const { inDepth, outDepth, filterDepth, strideDepth, dilationDepth, front, inChannels, images } = shape;
  const pixels = images.inHeight * images.inWidth;
  return { inDepth, outDepth, filterDepth, strideDepth, dilationDepth, front, pixels, channels: inChannels };
}
