/**
 * c[...][i][j] = sum over k of a[...][i][k] * b[...][k][j], a or b or both given transposed, batch sizes broadcast.
 *
 * float32, rank 2 or more. b is read once to pack it into panels, a once per 256 columns or so, c written once per 256
 * steps of the sum; of fewer than 8 rows, b is read as it lies, once for two. int32 where the result is exact. Other types go to tfjs.
 */
import { allocateZeros, pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute, type Task } from '../compute.js';
import { runOnFloat32 } from '../integers.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { matrix, multiply, product, productTask } from '../matmul.js';

const FLOAT_BYTES = 4;

function batchMatMul(args: KernelArguments): KernelResult {
  const { a, b } = args.inputs as Inputs<tf.BatchMatMulInputs>;
  const { transposeA, transposeB } = args.attrs as unknown as tf.BatchMatMulAttrs;
  if (a.dtype === 'int32' && b.dtype === 'int32') {
    return runOnFloat32(tf.BatchMatMul, args, a.shape.at(transposeA ? -2 : -1)!, batchMatMul);
  }
  if (!areFloat32(a, b)) return runOriginal(tf.BatchMatMul, args);
  const backend = args.backend as BackendWasm;
  const [aFirst, aSecond] = a.shape.slice(-2) as [number, number];
  const [bFirst, bSecond] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [aSecond, aFirst] : [aFirst, aSecond];
  const [bDepth, columns] = transposeB ? [bSecond, bFirst] : [bFirst, bSecond];
  tf.util.assert(
    depth === bDepth,
    () => `BatchMatMul: a ${a.shape} and b ${b.shape} have different inner sizes (${depth} and ${bDepth})`,
  );
  const aBatch = a.shape.slice(0, -2);
  const bBatch = b.shape.slice(0, -2);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const shape = [...batch, rows, columns];
  if (depth === 0 || sizeOf(shape) === 0) {
    return allocateZeros(backend, shape);
  }
  // One b for all: the batch is just more rows.
  const isOneProduct = sizeOf(bBatch) === 1 && (!transposeA || sizeOf(batch) === 1);
  if (isOneProduct) {
    const size = { rows: sizeOf(batch) * rows, columns, depth };
    const left = matrix(pointerOf(backend, a), size.rows, depth, transposeA);
    const right = matrix(pointerOf(backend, b), depth, columns, transposeB);
    return product(backend, shape, left, right, size);
  }
  const size = { rows, columns, depth };
  const aIndices = broadcastIndices(aBatch, batch);
  const bIndices = broadcastIndices(bBatch, batch);
  const run: Task['run'] = (executor) => {
    for (let i = 0; i < aIndices.length; ++i) {
      const aOffset = pointerOf(backend, a) + aIndices[i]! * rows * depth * FLOAT_BYTES;
      const bOffset = pointerOf(backend, b) + bIndices[i]! * depth * columns * FLOAT_BYTES;
      const left = matrix(aOffset, rows, depth, transposeA);
      const right = matrix(bOffset, depth, columns, transposeB);
      const cOffset = executor.output + i * rows * columns * FLOAT_BYTES;
      multiply(executor, left, right, cOffset, size);
    }
  };
  return compute(backend, productTask(shape, size, run));
}

/** For each matrix of a batch of shape `to`, in order, its index in a batch of shape `from`. */
function broadcastIndices(from: readonly number[], to: readonly number[]): number[] {
  let indices = [0];
  to.forEach((length, axis) => {
    const own = from[axis - (to.length - from.length)] ?? 1;
    indices = indices.flatMap((index) =>
      Array.from({ length }, (_, position) => index * own + (own === 1 ? 0 : position)),
    );
  });
  return indices;
}

export const batchMatMulConfig: tf.KernelConfig = {
  kernelName: tf.BatchMatMul,
  backendName: 'wasm',
  kernelFunc: batchMatMul,
};
