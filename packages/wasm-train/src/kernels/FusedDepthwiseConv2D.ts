/** y = f(depthwise(x, filter) + bias): tf.fused.depthwiseConv2d. */
import * as tf from '@tensorflow/tfjs-core';
import { convolveDepthwise } from '../convolveDepthwise.js';
import { fusedConfig } from '../fusedConvolution.js';

export const fusedDepthwiseConv2DConfig = fusedConfig({
  kernelName: tf.FusedDepthwiseConv2D,
  convolution: tf.DepthwiseConv2dNative,
  depthwise: true,
  compute: convolveDepthwise,
});
