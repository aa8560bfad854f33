/** The gradients of the convolution of images. */
import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../convolution.js';
import { facesOf } from './convolution.js';
import { areDilated } from './dilations.js';

export const conv2DFaces = facesOf<tf.Tensor4D, ConvolutionAttributes>({
  convolution: tf.Conv2D,
  inputGradient: tf.Conv2DBackpropInput,
  filterGradient: tf.Conv2DBackpropFilter,
  dataFormat: 'NHWC',
  sharedAttributes(attributes) {
    const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes as ConvolutionAttributes;
    return {
      strides,
      pad,
      dataFormat,
      ...(areDilated(dilations) ? { dilations: dilations! } : {}),
      ...(dimRoundingMode === undefined ? {} : { dimRoundingMode }),
    };
  },
});
