/** The convolution of images, with what a fused one does to the result. */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { computeFinished, type Finish, finishScratch } from './activation.js';
import { compute, floatsOf, type Task } from './compute.js';
import {
  type ConvolutionShape,
  geometryOf,
  isPointwise,
  multiplyAdds,
  outputShape,
  pixelsOf,
} from './convolution.js';
import { convolveImages } from './convolveImages.js';
import { matrix, multiply, productTask } from './matmul.js';

const BYTES = 4;
/** Rows that a matrix product computes at once. */
const TILE_ROWS = 4;

/** A new tensor [batch, outHeight, outWidth, outChannels]. x and filter are float32 and not empty. */
export function convolve(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: ConvolutionShape,
  finish: Finish,
): tf.TensorInfo {
  const task = isPointwise(shape)
    ? pointwiseTask(backend, x, filter, shape, finish)
    : windowsTask(backend, x, filter, shape, finish);
  return compute(backend, {
    shape: task.shape,
    floats: task.floats,
    run: task.run,
    scratch(caller) {
      const { shared = 0, own = 0 } = task.scratch!(caller);
      return { shared, own: Math.max(own, finishScratch(caller.kernels, finish, shape.outChannels)) };
    },
  });
}

/** A 1x1 convolution of all pixels: one matrix product. */
function pointwiseTask(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: ConvolutionShape,
  finish: Finish,
): Task {
  const { inChannels, outChannels } = shape;
  const size = { rows: pixelsOf(shape), columns: outChannels, depth: inChannels };
  return productTask(outputShape(shape), size, (executor) => {
    const b = matrix(pointerOf(backend, filter), inChannels, outChannels);
    computeFinished(backend, executor, finish, size.rows, outChannels, TILE_ROWS, (first, rows) => {
      const a = matrix(pointerOf(backend, x) + first * inChannels * BYTES, rows, inChannels);
      multiply(executor, a, b, executor.output + first * outChannels * BYTES, {
        rows,
        columns: outChannels,
        depth: inChannels,
        rowsInAll: size.rows,
      });
    });
  });
}

function windowsTask(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: ConvolutionShape,
  finish: Finish,
): Task {
  const geometry = geometryOf(shape);
  return {
    shape: outputShape(shape),
    floats: floatsOf(multiplyAdds(shape)),
    scratch: ({ call }) => ({ shared: call('conv2dShared', geometry), own: call('conv2dScratch', geometry) }),
    run(executor) {
      const { shared, output, call, range } = executor;
      const convolution = {
        x: pointerOf(backend, x),
        filter: pointerOf(backend, filter),
        y: output,
        shared,
        ...geometry,
      };
      call('conv2dPrepare', convolution);
      const itemsOfImage = call('conv2dItems', geometry) / shape.batch;
      convolveImages(backend, executor, shape, finish, convolution, (images) =>
        range('conv2d', convolution, images * itemsOfImage),
      );
    },
  };
}
