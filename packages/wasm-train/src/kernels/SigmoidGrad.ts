/**
 * dx = dy * y * (1 - y), where y = sigmoid(x); all of one shape, float32. Reads dy and y once, writes dx once.
 *
 * tfjs composes this of three kernels; the gradient in gradients/Sigmoid.ts calls this one instead.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { allocateOutput, kernels, pointer } from '../backend.js';
import { type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

export const SigmoidGrad = 'SigmoidGrad';

function sigmoidGrad(args: KernelArguments): KernelResult {
  const { dy, y } = args.inputs as { dy: tf.TensorInfo; y: tf.TensorInfo };
  const backend = args.backend as BackendWasm;
  const dx = allocateOutput(backend, SigmoidGrad, y.shape);
  kernels(backend).sigmoidGrad(
    pointer(backend, dy),
    pointer(backend, y),
    pointer(backend, dx),
    sizeOf(y.shape),
  );
  return dx;
}

export const sigmoidGradConfig: tf.KernelConfig = {
  kernelName: SigmoidGrad,
  backendName: 'wasm',
  kernelFunc: sigmoidGrad,
};
