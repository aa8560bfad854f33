/** The convolution of images, with what a fused one does to the result. */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { type Finish, finishOutput, finishScratch } from './activation.js';
import { compute, floatsOf, type Task } from './compute.js';
import {
  type ConvolutionShape,
  geometry,
  isPointwise,
  multiplyAdds,
  outputShape,
  pixelsOf,
} from './convolution.js';
import { matrix, multiply, productTask } from './matmul.js';

/** A new tensor [batch, outHeight, outWidth, outChannels]. x and filter are float32 and not empty. */
export function convolve(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: ConvolutionShape,
  finish: Finish,
): tf.TensorInfo {
  const task = isPointwise(shape)
    ? pointwiseTask(backend, x, filter, shape)
    : windowsTask(backend, x, filter, shape);
  const { outChannels } = shape;
  return compute(backend, {
    ...task,
    scratch(kernels, integers, threads) {
      const { shared = 0, own = 0 } = task.scratch!(kernels, integers, threads);
      return { shared, own: Math.max(own, finishScratch(kernels, finish, outChannels)) };
    },
    run(executor) {
      task.run(executor);
      finishOutput(backend, executor, finish, pixelsOf(shape), outChannels);
    },
  });
}

/** A 1x1 convolution of all pixels: one matrix product. */
function pointwiseTask(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: ConvolutionShape,
): Task {
  const { inChannels, outChannels } = shape;
  const size = { rows: pixelsOf(shape), columns: outChannels, depth: inChannels };
  return productTask(outputShape(shape), size, (executor) => {
    const a = matrix(pointerOf(backend, x), size.rows, inChannels);
    const b = matrix(pointerOf(backend, filter), inChannels, outChannels);
    multiply(executor, a, b, executor.output, size);
  });
}

function windowsTask(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: ConvolutionShape,
): Task {
  return {
    shape: outputShape(shape),
    floats: floatsOf(multiplyAdds(shape)),
    integers: geometry(shape),
    scratch: (kernels, g) => ({ shared: kernels.conv2dShared(g), own: kernels.conv2dScratch(g) }),
    run({ kernels, integers, shared, output, range }) {
      kernels.conv2dPrepare(integers, pointerOf(backend, filter), shared);
      range('conv2d', [integers, pointerOf(backend, x), output, shared], kernels.conv2dItems(integers));
    },
  };
}
