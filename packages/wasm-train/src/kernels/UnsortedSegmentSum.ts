/**
 * y[s][c...] = sum over the rows r with segmentIds[r] = s of x[r][c...]: tf.unsortedSegmentSum, and so the gradient of tf.gather.
 *
 * segmentIds int32, whose shape is the first part of x's; x float32 or int32. Rows whose id is none of 0 to numSegments - 1
 * count nowhere, as in tfjs and TensorFlow. Reads x once, adds each row to its sum. tfjs's wasm backend has no such kernel.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { segmentSums } from '../segments.js';
import { ShapeError } from '../shapeError.js';

const NAME = tf.UnsortedSegmentSum;

function unsortedSegmentSum(args: KernelArguments): KernelResult {
  const { x, segmentIds } = args.inputs as Inputs<tf.UnsortedSegmentSumInputs>;
  const { numSegments } = args.attrs as unknown as tf.UnsortedSegmentSumAttrs;
  const idsShape = segmentIds.shape;
  if (idsShape.some((length, axis) => length !== x.shape[axis])) {
    throw new ShapeError(
      `${NAME}: segmentIds [${idsShape.join(', ')}] must be a prefix of the shape of x [${x.shape.join(', ')}]`,
    );
  }
  if (x.dtype !== 'float32' && x.dtype !== 'int32') {
    throw new TypeError(`${NAME}: x has the type ${x.dtype}; cast it to float32 or int32`);
  }
  const rest = x.shape.slice(idsShape.length);
  return segmentSums(args.backend as BackendWasm, x, segmentIds, {
    shape: [numSegments, ...rest],
    segments: numSegments,
    batches: 1,
    matricesPerBatch: 1,
    rows: sizeOf(idsShape),
    columns: sizeOf(rest),
  });
}

export const unsortedSegmentSumConfig: tf.KernelConfig = {
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: unsortedSegmentSum,
};
