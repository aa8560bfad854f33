/**
 * Poolings as the gradients of their gradients need them: tfjs's gradients leave out the mode that rounded the size, and the shape of
 * dy tells it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from './dispatch.js';

const roundingModes = ['floor', 'round', 'ceil'] as const;
type RoundingMode = (typeof roundingModes)[number];

/** Images or volumes and a window that moves over them, as tfjs gives them to the gradients of poolings. */
export interface PoolingOf {
  readonly inShape: readonly number[];
  readonly outShape: readonly number[];
  readonly attributes: tf.NamedAttrMap;
}

/** Along each axis of images or volumes: how long the window is, and how far it moves. */
export interface WindowAxes {
  readonly window: readonly number[];
  readonly strides: readonly number[];
}

export function windowAxes(pooling: PoolingOf): WindowAxes {
  const info = infoOf(pooling);
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return 'filterDepth' in info
    ? {
        window: [info.filterDepth, filterHeight, filterWidth],
        strides: [info.strideDepth, strideHeight, strideWidth],
      }
    : { window: [filterHeight, filterWidth], strides: [strideHeight, strideWidth] };
}

/** x by a pooling kernel. */
export function pool(kernelName: string, x: tf.Tensor, pooling: PoolingOf): tf.Tensor {
  const { attributes, outShape } = pooling;
  const dimRoundingMode = roundingModes.find((mode) =>
    tf.util.arraysEqual(infoOf(pooling, mode).outShape, [...outShape]),
  );
  return runKernel(kernelName, { x }, { dataFormat: 'NDHWC', ...attributes, dimRoundingMode });
}

function infoOf({ inShape, attributes }: PoolingOf, mode?: RoundingMode) {
  const { computePool2DInfo, computePool3DInfo } = tf.backend_util;
  if (inShape.length === 5) {
    const { filterSize, strides, pad } = attributes as unknown as tf.AvgPool3DAttrs;
    const volumes = inShape as [number, number, number, number, number];
    return computePool3DInfo(volumes, filterSize, strides, 1, pad, mode);
  }
  const { filterSize, strides, pad } = attributes as unknown as tf.AvgPoolAttrs;
  const images = inShape as [number, number, number, number];
  return computePool2DInfo(images, filterSize, strides, 1, pad, mode);
}
