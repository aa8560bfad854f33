/** Which fused convolution a result came from: their gradients need attributes that tfjs does not hand on. */
import type * as tf from '@tensorflow/tfjs-core';
import type { FusedAttributes, FusedInputs } from './activation.js';
import type { ConvolutionAttributes } from './convolution.js';

export type FusedConvolutionAttributes = ConvolutionAttributes & FusedAttributes;

export interface FusedConvolutionInputs extends FusedInputs {
  readonly x: tf.TensorInfo;
  readonly filter: tf.TensorInfo;
}

export interface FusedConvolution {
  readonly kernelName: string;
  readonly attributes: FusedConvolutionAttributes;
}

/** By the data of the result, which a reshape or a clone shares; forgotten with it. */
const convolutions = new WeakMap<object, FusedConvolution>();

export function rememberConvolution(
  kernelName: string,
  result: tf.TensorInfo,
  attributes: FusedConvolutionAttributes,
): void {
  convolutions.set(result.dataId, { kernelName, attributes });
}

/** The fused convolution whose result this is, if it is one. */
export function convolutionOf(result: tf.TensorInfo): FusedConvolution | undefined {
  return convolutions.get(result.dataId);
}
