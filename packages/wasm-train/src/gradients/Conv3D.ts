/** The gradients of the convolution of volumes; one of them is also that of tf.conv3dTranspose, which tfjs lacks. */
import * as tf from '@tensorflow/tfjs-core';
import type { VolumeConvolutionAttributes } from '../volumes.js';
import { facesOf } from './convolution.js';
import { areDilated, refuseDilations } from './dilations.js';

export const conv3DFaces = facesOf<tf.Tensor5D, VolumeConvolutionAttributes>({
  convolution: tf.Conv3D,
  inputGradient: tf.Conv3DBackpropInputV2,
  filterGradient: tf.Conv3DBackpropFilterV2,
  dataFormat: 'NDHWC',
  sharedAttributes(attributes) {
    const { strides, pad, dilations } = attributes as VolumeConvolutionAttributes;
    refuseDilations('convolution of volumes', dilations);
    return { strides, pad, ...(areDilated(dilations) ? { dilations: dilations! } : {}) };
  },
});
