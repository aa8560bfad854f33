/**
 * The gradients of a depthwise convolution, and their own: three faces of one trilinear form, as in Conv2D.ts. Beyond tfjs's
 * gradient these pass dilations on, where the backend's kernels take them, and have gradients themselves.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../convolution.js';
import { areDilated, gatherFilter, spreadFilter, spreadShape, takesDilations } from './dilations.js';
import { runKernel } from './dispatch.js';

type DepthwiseAttributes = Pick<ConvolutionAttributes, 'strides' | 'pad' | 'dilations' | 'dimRoundingMode'>;

function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, attributes: DepthwiseAttributes): tf.Tensor4D {
  return runKernel(
    tf.DepthwiseConv2dNative,
    { x, filter },
    { ...attributes, dataFormat: 'NHWC', dilations: attributes.dilations ?? 1 },
  );
}

export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: readonly number[],
  attributes: DepthwiseAttributes,
): tf.Tensor4D {
  const { dilations } = attributes;
  if (dilations !== undefined && areDilated(dilations) && !takesDilations()) {
    const spread = spreadFilter(filter, dilations);
    return runKernel(
      tf.DepthwiseConv2dNativeBackpropInput,
      { dy, filter: spread },
      { ...attributes, dilations: [1, 1], inputShape },
    );
  }
  return runKernel(tf.DepthwiseConv2dNativeBackpropInput, { dy, filter }, { ...attributes, inputShape });
}

export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: readonly number[],
  attributes: DepthwiseAttributes,
): tf.Tensor4D {
  const { dilations } = attributes;
  if (dilations !== undefined && areDilated(dilations) && !takesDilations()) {
    const shape = spreadShape(filterShape, dilations);
    const spread = runKernel<tf.Tensor4D>(
      tf.DepthwiseConv2dNativeBackpropFilter,
      { x, dy },
      { ...attributes, dilations: [1, 1], filterShape: shape },
    );
    return gatherFilter(spread, filterShape, dilations);
  }
  return runKernel(tf.DepthwiseConv2dNativeBackpropFilter, { x, dy }, { ...attributes, filterShape });
}

/** What the three have in common, of attributes that also hold the shape of one of them. */
export function sharedAttributes(attributes: object): DepthwiseAttributes {
  const { strides, pad, dilations, dimRoundingMode } = attributes as DepthwiseAttributes;
  return {
    strides,
    pad,
    // tfjs's cpu backend reads them in the gradients, and wants two.
    dilations: areDilated(dilations) ? dilations! : [1, 1],
    ...(dimRoundingMode === undefined ? {} : { dimRoundingMode }),
  };
}

export const depthwiseConv2dGradient: tf.GradConfig = {
  kernelName: tf.DepthwiseConv2dNative,
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

export const depthwiseConv2dBackpropInputGradient: tf.GradConfig = {
  kernelName: tf.DepthwiseConv2dNativeBackpropInput,
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

export const depthwiseConv2dBackpropFilterGradient: tf.GradConfig = {
  kernelName: tf.DepthwiseConv2dNativeBackpropFilter,
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
