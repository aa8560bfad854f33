/**
 * The gradients of a convolution, and their own.
 *
 * y = conv(x, w), dx = convᵀ(dy, w) and dw(x, dy) are three faces of one trilinear form <conv(x, w), dy>: the gradient
 * of each is made of the other two. Beyond tfjs's own gradient these pass dilations on, where the backend's kernels
 * take them, and the rounding mode.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../convolution.js';
import { areDilated, gatherFilter, spreadFilter, spreadShape, takesDilations } from './dilations.js';
import { runKernel } from './dispatch.js';

function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, attributes: ConvolutionAttributes): tf.Tensor4D {
  return runKernel(tf.Conv2D, { x, filter }, { ...attributes, dilations: attributes.dilations ?? 1 });
}

export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: readonly number[],
  attributes: ConvolutionAttributes,
): tf.Tensor4D {
  const { dilations } = attributes;
  if (dilations !== undefined && areDilated(dilations) && !takesDilations()) {
    const spread = spreadFilter(filter, dilations);
    return runKernel(
      tf.Conv2DBackpropInput,
      { dy, filter: spread },
      { ...attributes, dilations: 1, inputShape },
    );
  }
  return runKernel(tf.Conv2DBackpropInput, { dy, filter }, { ...attributes, inputShape });
}

export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
): tf.Tensor4D {
  const { dilations } = attributes;
  if (dilations !== undefined && areDilated(dilations) && !takesDilations()) {
    const shape = spreadShape(filterShape, dilations);
    const spread = runKernel<tf.Tensor4D>(
      tf.Conv2DBackpropFilter,
      { x, dy },
      { ...attributes, dilations: 1, filterShape: shape },
    );
    return gatherFilter(spread, filterShape, dilations);
  }
  return runKernel(tf.Conv2DBackpropFilter, { x, dy }, { ...attributes, filterShape });
}

/** What the three have in common, of attributes that also hold the shape of one of them. */
export function sharedAttributes(attributes: object): ConvolutionAttributes {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes as ConvolutionAttributes;
  return {
    strides,
    pad,
    dataFormat,
    ...(areDilated(dilations) ? { dilations: dilations! } : {}),
    ...(dimRoundingMode === undefined ? {} : { dimRoundingMode }),
  };
}

export const conv2DGradient: tf.GradConfig = {
  kernelName: tf.Conv2D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
    const upstream = dy as tf.Tensor4D;
    const attributes = sharedAttributes(attrs);
    return {
      x: () => inputGradient(upstream, filter, x.shape, attributes),
      filter: () => filterGradient(x, upstream, filter.shape, attributes),
    };
  },
};

export const conv2DBackpropInputGradient: tf.GradConfig = {
  kernelName: tf.Conv2DBackpropInput,
  inputsToSave: ['dy', 'filter'],
  gradFunc: (ddx, saved, attrs) => {
    const [dy, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
    const upstream = ddx as tf.Tensor4D;
    const attributes = sharedAttributes(attrs);
    return {
      dy: () => convolve(upstream, filter, attributes),
      filter: () => filterGradient(upstream, dy, filter.shape, attributes),
    };
  },
};

export const conv2DBackpropFilterGradient: tf.GradConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  inputsToSave: ['x', 'dy'],
  gradFunc: (ddw, saved, attrs) => {
    const [x, dy] = saved as [tf.Tensor4D, tf.Tensor4D];
    const upstream = ddw as tf.Tensor4D;
    const attributes = sharedAttributes(attrs);
    return {
      x: () => inputGradient(dy, upstream, x.shape, attributes),
      dy: () => convolve(x, upstream, attributes),
    };
  },
};
