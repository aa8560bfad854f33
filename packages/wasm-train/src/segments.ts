/** Sums of rows by a number that each row has. */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { compute } from './compute.js';

/** x is [batches, matricesPerBatch, rows, columns], ids [batches, rows], the sums [batches, matricesPerBatch, segments, columns]. */
interface Segments {
  /** Of the result. */
  readonly shape: number[];
  readonly batches: number;
  readonly matricesPerBatch: number;
  readonly rows: number;
  readonly columns: number;
  readonly segments: number;
}

/** A new tensor, of the type of x (float32 or int32), with the sum of each segment's rows. */
export function segmentSums(
  backend: BackendWasm,
  x: tf.TensorInfo,
  ids: tf.TensorInfo,
  { shape, batches, matricesPerBatch, rows, columns, segments }: Segments,
): tf.TensorInfo {
  const matrices = batches * matricesPerBatch;
  const isInteger = x.dtype === 'int32';
  return compute(backend, {
    shape,
    dtype: isInteger ? 'int32' : 'float32',
    floats: matrices * (rows + segments) * columns,
    run({ kernels, output, range }) {
      const call = {
        x: pointerOf(backend, x),
        ids: pointerOf(backend, ids),
        sums: output,
        rows,
        columns,
        segments,
        matricesPerIds: matricesPerBatch,
        isInteger: Number(isInteger),
      };
      range('segmentSum', call, kernels.segmentSumItems(matrices, columns));
    },
  });
}
