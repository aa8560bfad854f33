/** The gradients of the depthwise convolution of images. */
import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../convolution.js';
import { facesOf } from './convolution.js';
import { areDilated } from './dilations.js';

type DepthwiseAttributes = Pick<ConvolutionAttributes, 'strides' | 'pad' | 'dilations' | 'dimRoundingMode'>;

export const depthwiseConv2dFaces = facesOf<tf.Tensor4D, DepthwiseAttributes>({
  convolution: tf.DepthwiseConv2dNative,
  inputGradient: tf.DepthwiseConv2dNativeBackpropInput,
  filterGradient: tf.DepthwiseConv2dNativeBackpropFilter,
  dataFormat: 'NHWC',
  sharedAttributes(attributes) {
    const { strides, pad, dilations, dimRoundingMode } = attributes as DepthwiseAttributes;
    return {
      strides,
      pad,
      // tfjs's cpu backend reads them in the gradients, and wants two.
      dilations: areDilated(dilations) ? dilations! : [1, 1],
      ...(dimRoundingMode === undefined ? {} : { dimRoundingMode }),
    };
  },
});
