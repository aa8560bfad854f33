/**
 * dx = dy * y * (1 - y), where y = sigmoid(x); all of one shape, float32. Reads dy and y once, writes dx once.
 *
 * tfjs composes this of three kernels; the gradient in gradients/Sigmoid.ts calls this one instead.
 */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { compute } from '../compute.js';
import { type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

export const SigmoidGrad = 'SigmoidGrad';

function sigmoidGrad(args: KernelArguments): KernelResult {
  const { dy, y } = args.inputs as { dy: tf.TensorInfo; y: tf.TensorInfo };
  const backend = args.backend as BackendWasm;
  const count = sizeOf(y.shape);
  return compute(backend, {
    shape: y.shape,
    floats: count,
    run({ kernels, output, range }) {
      const call = { dy: pointerOf(backend, dy), values: pointerOf(backend, y), dx: output, count };
      range('sigmoidGrad', call, kernels.elementwiseItems(count));
    },
  });
}

export const sigmoidGradConfig: tf.KernelConfig = {
  kernelName: SigmoidGrad,
  backendName: 'wasm',
  kernelFunc: sigmoidGrad,
};
