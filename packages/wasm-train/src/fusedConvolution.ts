/**
 * A kernel y = f(conv(x, filter) + bias), where f is linear, relu, relu6, elu, sigmoid, leakyrelu or prelu: a convolution, and in
 * the same pass over y, while it is in the cache, its bias and activation.
 *
 * tfjs's kernels take a bias of rank 1 only, and leave y uninitialized for padding 'same' where the filter is smaller than the
 * stride in one direction.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {
  composeFinish,
  type Finish,
  type FusedAttributes,
  type FusedInputs,
  isByChannel,
} from './activation.js';
import { type ConvolutionAttributes, convolutionShape } from './convolution.js';
import type { convolve } from './convolve.js';
import { areFloat32, type KernelArguments, type KernelResult, sizeOf } from './kernel.js';

export type FusedConvolutionAttributes = ConvolutionAttributes & FusedAttributes;

interface FusedConvolutionInputs extends FusedInputs {
  readonly x: tf.TensorInfo;
  readonly filter: tf.TensorInfo;
}

export interface FusedKind {
  readonly kernelName: string;
  /** The kernel of the convolution alone. */
  readonly convolution: string;
  /** Whether the filter is [height, width, inChannels, multiplier]. */
  readonly depthwise: boolean;
  readonly compute: typeof convolve;
}

export function fusedConfig(kind: FusedKind): tf.KernelConfig {
  return {
    kernelName: kind.kernelName,
    backendName: 'wasm',
    kernelFunc: (args: KernelArguments) => fused(kind, args),
  };
}

function fused(
  { kernelName, convolution, depthwise, compute }: FusedKind,
  args: KernelArguments,
): KernelResult {
  const { x, filter, bias, preluActivationWeights } = args.inputs as unknown as FusedConvolutionInputs;
  const attributes = args.attrs as unknown as FusedConvolutionAttributes;
  if (attributes.dataFormat === 'NCHW') return runOriginal(kernelName, args);
  const shape = convolutionShape(kernelName, x.shape, filter.shape, attributes, undefined, depthwise);
  const { activation, leakyreluAlpha } = attributes;
  const finish: Finish = { bias, preluActivationWeights, activation, leakyreluAlpha };
  const isEmpty = sizeOf(x.shape) === 0 || sizeOf(filter.shape) === 0;
  if (isEmpty || !areFloat32(x, filter) || !isByChannel(finish, shape.outChannels)) {
    return compose(convolution, x as tf.Tensor4D, filter as tf.Tensor4D, attributes, finish);
  }
  return compute(args.backend as BackendWasm, x, filter, shape, finish);
}

/** For nothing to sum, and for biases and slopes that are not one for each channel. */
function compose(
  convolution: string,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { strides, pad, dilations = 1, dimRoundingMode, dataFormat }: ConvolutionAttributes,
  finish: Finish,
): tf.Tensor {
  return tf.tidy(() => {
    const attributes = { strides, pad, dataFormat, dilations, dimRoundingMode };
    const result: tf.Tensor = tf.engine().runKernel(
      convolution,
      { x, filter },
      // A kernel's attributes are plain data; tfjs types them as an open map.
      attributes as unknown as tf.NamedAttrMap,
    );
    return composeFinish(result, finish);
  });
}
