/**
 * y = f(depthwise(x, filter) + bias), where f is linear, relu, relu6, elu, sigmoid, leakyrelu or prelu: tf.fused.depthwiseConv2d.
 *
 * The convolution of DepthwiseConv2dNative, then one pass over y in place. tfjs's kernel takes a bias of rank 1 only, and leaves y uninitialized
 * for padding 'same' where the filter is smaller than the stride in one direction.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { composeFinish, type Finish, isByChannel } from '../activation.js';
import { type ConvolutionAttributes, convolutionShape } from '../convolution.js';
import { convolveDepthwise } from '../convolveDepthwise.js';
import {
  type FusedConvolutionAttributes,
  type FusedConvolutionInputs,
  rememberConvolution,
} from '../fusedConvolutions.js';
import { areFloat32, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

function fusedDepthwiseConv2D(args: KernelArguments): KernelResult {
  const result = fused(args);
  rememberConvolution(
    tf.FusedDepthwiseConv2D,
    result as tf.TensorInfo,
    args.attrs as unknown as FusedConvolutionAttributes,
  );
  return result;
}

function fused(args: KernelArguments): KernelResult {
  const { x, filter, ...inputs } = args.inputs as unknown as FusedConvolutionInputs;
  const attributes = args.attrs as unknown as FusedConvolutionAttributes;
  if (attributes.dataFormat === 'NCHW') return runOriginal(tf.FusedDepthwiseConv2D, args);
  const shape = convolutionShape(tf.FusedDepthwiseConv2D, x.shape, filter.shape, attributes, undefined, true);
  const finish: Finish = { ...inputs, ...attributes };
  const isEmpty = sizeOf(x.shape) === 0 || sizeOf(filter.shape) === 0;
  if (isEmpty || !areFloat32(x, filter) || !isByChannel(finish, shape.outChannels)) {
    return compose(x as tf.Tensor4D, filter as tf.Tensor4D, attributes, finish);
  }
  return convolveDepthwise(args.backend as BackendWasm, x, filter, shape, finish);
}

/** For nothing to sum, and for biases and slopes that are not one for each channel. */
function compose(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { strides, pad, dilations = 1, dimRoundingMode, dataFormat }: ConvolutionAttributes,
  finish: Finish,
): tf.Tensor {
  return tf.tidy(() => {
    const attributes = { strides, pad, dataFormat, dilations, dimRoundingMode };
    const result: tf.Tensor = tf.engine().runKernel(
      tf.DepthwiseConv2dNative,
      { x, filter },
      // A kernel's attributes are plain data; tfjs types them as an open map.
      attributes as unknown as tf.NamedAttrMap,
    );
    return composeFinish(result, finish);
  });
}

export const fusedDepthwiseConv2DConfig: tf.KernelConfig = {
  kernelName: tf.FusedDepthwiseConv2D,
  backendName: 'wasm',
  kernelFunc: fusedDepthwiseConv2D,
};
