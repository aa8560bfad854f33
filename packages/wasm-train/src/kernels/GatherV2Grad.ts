/**
 * dx[b][o][a][i] = sum over k with indices[b][k] = a of dy[b][o][k][i]: the gradient of tf.gather, in one pass.
 *
 * dy float32 [...batch, ...outer, ...indices, ...inner], indices int32 [...batch, ...indices]; dx has the shape of x, [...batch,
 * ...outer, a, ...inner]. Reads dy once, adds each row to its sum. The gradient in gradients/GatherV2.ts calls it.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { segmentSums } from '../segments.js';

export const GatherV2Grad = 'GatherV2Grad';

export interface GatherV2GradAttributes {
  readonly inputShape: number[];
  /** Not negative. */
  readonly axis: number;
  readonly batchDims: number;
}

function gatherV2Grad(args: KernelArguments): KernelResult {
  const { dy, indices } = args.inputs as { dy: tf.TensorInfo; indices: tf.TensorInfo };
  const { inputShape, axis, batchDims } = args.attrs as unknown as GatherV2GradAttributes;
  const batches = sizeOf(inputShape.slice(0, batchDims));
  return segmentSums(args.backend as BackendWasm, dy, indices, {
    shape: inputShape,
    batches,
    segments: inputShape[axis]!,
    matricesPerBatch: sizeOf(inputShape.slice(batchDims, axis)),
    rows: sizeOf(indices.shape.slice(batchDims)),
    columns: sizeOf(inputShape.slice(axis + 1)),
  });
}

export const gatherV2GradConfig: tf.KernelConfig = {
  kernelName: GatherV2Grad,
  backendName: 'wasm',
  kernelFunc: gatherV2Grad,
};
