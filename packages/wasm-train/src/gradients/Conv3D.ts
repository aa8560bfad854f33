/**
 * The gradients of a convolution of volumes, and their own: three faces of one trilinear form, as in Conv2D.ts. Beyond tfjs's
 * gradient these pass dilations on, where the backend's kernels take them.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { VolumeConvolutionAttributes } from '../volumes.js';
import { areDilated, refuseDilations } from './dilations.js';
import { runKernel } from './dispatch.js';

function convolve(x: tf.Tensor5D, filter: tf.Tensor5D, attributes: VolumeConvolutionAttributes): tf.Tensor5D {
  return runKernel(
    tf.Conv3D,
    { x, filter },
    { ...attributes, dataFormat: 'NDHWC', dilations: attributes.dilations ?? 1 },
  );
}

function inputGradient(
  dy: tf.Tensor5D,
  filter: tf.Tensor5D,
  inputShape: readonly number[],
  attributes: VolumeConvolutionAttributes,
): tf.Tensor5D {
  return runKernel(tf.Conv3DBackpropInputV2, { dy, filter }, { ...attributes, inputShape });
}

function filterGradient(
  x: tf.Tensor5D,
  dy: tf.Tensor5D,
  filterShape: readonly number[],
  attributes: VolumeConvolutionAttributes,
): tf.Tensor5D {
  return runKernel(tf.Conv3DBackpropFilterV2, { x, dy }, { ...attributes, filterShape });
}

/** What the three have in common, of attributes that also hold the shape of one of them. */
function sharedAttributes(attributes: tf.NamedAttrMap): VolumeConvolutionAttributes {
  const { strides, pad, dilations } = attributes as unknown as VolumeConvolutionAttributes;
  refuseDilations('convolution of volumes', dilations);
  return { strides, pad, ...(areDilated(dilations) ? { dilations: dilations! } : {}) };
}

export const conv3DGradient: tf.GradConfig = {
  kernelName: tf.Conv3D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved as [tf.Tensor5D, tf.Tensor5D];
    const upstream = dy as tf.Tensor5D;
    const attributes = sharedAttributes(attrs);
    return {
      x: () => inputGradient(upstream, filter, x.shape, attributes),
      filter: () => filterGradient(x, upstream, filter.shape, attributes),
    };
  },
};

/** Also the gradient of tf.conv3dTranspose, which tfjs lacks. */
export const conv3DBackpropInputGradient: tf.GradConfig = {
  kernelName: tf.Conv3DBackpropInputV2,
  inputsToSave: ['dy', 'filter'],
  gradFunc: (ddx, saved, attrs) => {
    const [dy, filter] = saved as [tf.Tensor5D, tf.Tensor5D];
    const upstream = ddx as tf.Tensor5D;
    const attributes = sharedAttributes(attrs);
    return {
      dy: () => convolve(upstream, filter, attributes),
      filter: () => filterGradient(upstream, dy, filter.shape, attributes),
    };
  },
};

export const conv3DBackpropFilterGradient: tf.GradConfig = {
  kernelName: tf.Conv3DBackpropFilterV2,
  inputsToSave: ['x', 'dy'],
  gradFunc: (ddw, saved, attrs) => {
    const [x, dy] = saved as [tf.Tensor5D, tf.Tensor5D];
    const upstream = ddw as tf.Tensor5D;
    const attributes = sharedAttributes(attrs);
    return {
      x: () => inputGradient(dy, upstream, x.shape, attributes),
      dy: () => convolve(x, upstream, attributes),
    };
  },
};
