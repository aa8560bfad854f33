/** Puts the kernels and gradients in the place of tfjs's, and back. */
import { replaceKernel, restoreKernel } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import { conv2DFaces } from './gradients/Conv2D.js';
import { conv3DFaces } from './gradients/Conv3D.js';
import { corrections } from './gradients/corrections.js';
import { depthwiseConv2dFaces } from './gradients/DepthwiseConv2dNative.js';
import { einsumGradient } from './gradients/Einsum.js';
import { registerFusedGradients, unregisterFusedGradients } from './gradients/fusedConvolutions.js';
import { gatherV2Gradient, gatherV2SecondGradient } from './gradients/GatherV2.js';
import { outerTapes } from './gradients/nestedGradients.js';
import { keepOriginalGradient, takeOriginalGradient } from './gradients/original.js';
import { reluFirstGradient, reluSecondGradient } from './gradients/Relu.js';
import { sigmoidFirstGradient, sigmoidSecondGradient } from './gradients/Sigmoid.js';
import { softmaxCrossEntropyGradients } from './gradients/SoftmaxCrossEntropy.js';
import { savedOutputs } from './gradients/savedOutputs.js';
import { secondGradients } from './gradients/secondGradients.js';
import { addConfig } from './kernels/Add.js';
import { avgPoolConfig } from './kernels/AvgPool.js';
import { avgPool3DConfig } from './kernels/AvgPool3D.js';
import { avgPool3DGradConfig } from './kernels/AvgPool3DGrad.js';
import { avgPoolGradConfig } from './kernels/AvgPoolGrad.js';
import { batchMatMulConfig } from './kernels/BatchMatMul.js';
import { bincountConfigs } from './kernels/bincounts.js';
import { castConfig } from './kernels/Cast.js';
import { clipByValueConfig } from './kernels/ClipByValue.js';
import { conv2DConfig } from './kernels/Conv2D.js';
import { conv2DBackpropFilterConfig } from './kernels/Conv2DBackpropFilter.js';
import { conv2DBackpropInputConfig } from './kernels/Conv2DBackpropInput.js';
import { conv3DConfig } from './kernels/Conv3D.js';
import { conv3DBackpropFilterConfig } from './kernels/Conv3DBackpropFilterV2.js';
import { conv3DBackpropInputConfig } from './kernels/Conv3DBackpropInputV2.js';
import { copyConfigs } from './kernels/copies.js';
import { depthwiseConv2dConfig } from './kernels/DepthwiseConv2dNative.js';
import { depthwiseConv2dBackpropFilterConfig } from './kernels/DepthwiseConv2dNativeBackpropFilter.js';
import { depthwiseConv2dBackpropInputConfig } from './kernels/DepthwiseConv2dNativeBackpropInput.js';
import { dilation2DConfigs } from './kernels/Dilation2D.js';
import { einsumConfig } from './kernels/Einsum.js';
import { elementwiseConfigs } from './kernels/elementwise.js';
import { emptyReductionConfigs } from './kernels/emptyReductions.js';
import { fusedBatchNormConfig } from './kernels/FusedBatchNorm.js';
import { fusedConv2DConfig } from './kernels/FusedConv2D.js';
import { fusedDepthwiseConv2DConfig } from './kernels/FusedDepthwiseConv2D.js';
import { fusedMatMulConfig } from './kernels/FusedMatMul.js';
import { gatherV2Config } from './kernels/GatherV2.js';
import { gatherV2GradConfig } from './kernels/GatherV2Grad.js';
import { maxPoolConfig } from './kernels/MaxPool.js';
import { maxPool3DConfig } from './kernels/MaxPool3D.js';
import { maxPool3DGradConfig } from './kernels/MaxPool3DGrad.js';
import { maxPoolGradConfig } from './kernels/MaxPoolGrad.js';
import { maxPoolWithArgmaxConfig } from './kernels/MaxPoolWithArgmax.js';
import { meanConfig } from './kernels/Mean.js';
import { oneHotConfig } from './kernels/OneHot.js';
import { preluConfig } from './kernels/Prelu.js';
import { pairConfigs } from './kernels/pairs.js';
import { reluGradConfig } from './kernels/ReluGrad.js';
import { selectConfig } from './kernels/Select.js';
import { sigmoidGradConfig } from './kernels/SigmoidGrad.js';
import { softmaxCrossEntropyConfigs } from './kernels/SoftmaxCrossEntropy.js';
import { sumConfig } from './kernels/Sum.js';
import { unsortedSegmentSumConfig } from './kernels/UnsortedSegmentSum.js';
import {
  gradientDescentConfig,
  replaceGradientDescent,
  restoreGradientDescent,
} from './optimizers/gradientDescent.js';

/** Every kernel of this package. */
export const trainingKernels: readonly tf.KernelConfig[] = [
  addConfig,
  avgPoolConfig,
  avgPool3DConfig,
  avgPool3DGradConfig,
  avgPoolGradConfig,
  batchMatMulConfig,
  castConfig,
  conv2DConfig,
  conv2DBackpropFilterConfig,
  conv2DBackpropInputConfig,
  conv3DConfig,
  conv3DBackpropFilterConfig,
  conv3DBackpropInputConfig,
  depthwiseConv2dConfig,
  depthwiseConv2dBackpropFilterConfig,
  depthwiseConv2dBackpropInputConfig,
  einsumConfig,
  fusedConv2DConfig,
  fusedDepthwiseConv2DConfig,
  gatherV2Config,
  gatherV2GradConfig,
  ...dilation2DConfigs,
  fusedBatchNormConfig,
  gradientDescentConfig,
  maxPoolConfig,
  maxPool3DConfig,
  maxPool3DGradConfig,
  maxPoolGradConfig,
  meanConfig,
  preluConfig,
  reluGradConfig,
  sigmoidGradConfig,
  sumConfig,
  ...bincountConfigs,
  clipByValueConfig,
  ...copyConfigs,
  ...elementwiseConfigs,
  ...emptyReductionConfigs,
  maxPoolWithArgmaxConfig,
  oneHotConfig,
  ...pairConfigs,
  selectConfig,
  ...softmaxCrossEntropyConfigs,
  fusedMatMulConfig,
  unsortedSegmentSumConfig,
];

const gradients: readonly tf.GradConfig[] = [
  ...corrections,
  ...conv2DFaces.gradients,
  ...conv3DFaces.gradients,
  ...depthwiseConv2dFaces.gradients,
  einsumGradient,
  gatherV2Gradient,
  gatherV2SecondGradient,
  reluFirstGradient,
  reluSecondGradient,
  ...secondGradients,
  sigmoidFirstGradient,
  sigmoidSecondGradient,
  ...softmaxCrossEntropyGradients,
];

/**
 * Called on import and again whenever a wasm backend starts: an import of `@tensorflow/tfjs` that comes after this
 * package's registers all of tfjs's gradients again.
 */
function registerGradients(): void {
  for (const gradient of gradients) {
    const current = tf.getGradient(gradient.kernelName);
    if (current === gradient) continue;
    if (current !== undefined) keepOriginalGradient(current);
    tf.registerGradient(gradient);
  }
}

/**
 * Registers the kernels of this package for tfjs's 'wasm' backend, and the gradients that call them. Importing the
 * package does so already; calling it again changes nothing.
 */
export function registerTrainingKernels(): void {
  for (const config of trainingKernels) replaceKernel(config, registerGradients);
  registerGradients();
  registerFusedGradients();
  savedOutputs.replace();
  outerTapes.replace();
  replaceGradientDescent();
}

/** Gives every kernel and gradient that this package replaced back to tfjs. */
export function unregisterTrainingKernels(): void {
  for (const config of trainingKernels) restoreKernel(config);
  unregisterFusedGradients();
  savedOutputs.giveBack();
  outerTapes.giveBack();
  restoreGradientDescent();
  for (const gradient of gradients) {
    if (tf.getGradient(gradient.kernelName) !== gradient) continue;
    tf.unregisterGradient(gradient.kernelName);
    const original = takeOriginalGradient(gradient.kernelName);
    if (original !== undefined) tf.registerGradient(original);
  }
}
