/**
 * dx = dy * step(x); all of one shape, float32. Reads dy and x once, writes dx once.
 *
 * tfjs composes this of three kernels; the gradient in gradients/Relu.ts calls this one instead.
 */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { compute } from '../compute.js';
import { type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

export const ReluGrad = 'ReluGrad';

function reluGrad(args: KernelArguments): KernelResult {
  const { dy, x } = args.inputs as { dy: tf.TensorInfo; x: tf.TensorInfo };
  const backend = args.backend as BackendWasm;
  const count = sizeOf(x.shape);
  return compute(backend, {
    shape: x.shape,
    floats: count,
    run({ kernels, output, range }) {
      const call = { dy: pointerOf(backend, dy), values: pointerOf(backend, x), dx: output, count };
      range('reluGrad', call, kernels.elementwiseItems(count));
    },
  });
}

export const reluGradConfig: tf.KernelConfig = {
  kernelName: ReluGrad,
  backendName: 'wasm',
  kernelFunc: reluGrad,
};
