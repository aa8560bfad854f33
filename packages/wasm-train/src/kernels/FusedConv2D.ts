/**
 * y = f(conv(x, filter) + bias), where f is linear, relu, relu6, elu, sigmoid, leakyrelu or prelu: what tf.layers.conv2d predicts
 * with, and tf.fused.conv2d.
 *
 * The convolution of Conv2D, then one pass over y in place. tfjs's kernel takes a bias of rank 1 only, and leaves y uninitialized
 * for padding 'same' where the filter is smaller than the stride in one direction.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { composeFinish, type Finish, isByChannel } from '../activation.js';
import { type ConvolutionAttributes, convolutionShape } from '../convolution.js';
import { convolve } from '../convolve.js';
import {
  type FusedConvolutionAttributes,
  type FusedConvolutionInputs,
  rememberConvolution,
} from '../fusedConvolutions.js';
import { areFloat32, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

function fusedConv2D(args: KernelArguments): KernelResult {
  const result = fused(args);
  rememberConvolution(
    tf.FusedConv2D,
    result as tf.TensorInfo,
    args.attrs as unknown as FusedConvolutionAttributes,
  );
  return result;
}

function fused(args: KernelArguments): KernelResult {
  const { x, filter, ...inputs } = args.inputs as unknown as FusedConvolutionInputs;
  const attributes = args.attrs as unknown as FusedConvolutionAttributes;
  if (attributes.dataFormat === 'NCHW') return runOriginal(tf.FusedConv2D, args);
  const shape = convolutionShape(tf.FusedConv2D, x.shape, filter.shape, attributes);
  const finish: Finish = { ...inputs, ...attributes };
  const isEmpty = sizeOf(x.shape) === 0 || sizeOf(filter.shape) === 0;
  if (isEmpty || !areFloat32(x, filter) || !isByChannel(finish, shape.outChannels)) {
    return compose(x as tf.Tensor4D, filter as tf.Tensor4D, attributes, finish);
  }
  return convolve(args.backend as BackendWasm, x, filter, shape, finish);
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
      tf.Conv2D,
      { x, filter },
      // A kernel's attributes are plain data; tfjs types them as an open map.
      attributes as unknown as tf.NamedAttrMap,
    );
    return composeFinish(result, finish);
  });
}

export const fusedConv2DConfig: tf.KernelConfig = {
  kernelName: tf.FusedConv2D,
  backendName: 'wasm',
  kernelFunc: fusedConv2D,
};
