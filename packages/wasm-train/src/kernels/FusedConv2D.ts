/** y = f(conv(x, filter) + bias): what tf.layers.conv2d predicts with, and tf.fused.conv2d. */
import * as tf from '@tensorflow/tfjs-core';
import { convolve } from '../convolve.js';
import { fusedConfig } from '../fusedConvolution.js';

export const fusedConv2DConfig = fusedConfig({
  kernelName: tf.FusedConv2D,
  convolution: tf.Conv2D,
  depthwise: false,
  compute: convolve,
});
