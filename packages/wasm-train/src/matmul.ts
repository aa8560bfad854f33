/** Matrix products on the heap, for every kernel that is one. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { compute, type Executor, floatsOf, type Task } from './compute.js';
import type { Kernels } from './generated/calls.js';

const FLOAT_BYTES = 4;
/** Floats of b that are packed before several threads multiply by them: a MiB, so that they seldom wait for each other. */
const SHARED_FLOATS = 2 ** 18;

/** One operand: where it starts, and how many floats lie between neighbours down and across. */
export interface Matrix {
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Of the product c = a b: a is [rows, depth], b [depth, columns], c [rows, columns]; depth is positive. */
export interface ProductSize {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** If these rows are a part of a product: those of all of it. */
  readonly rowsInAll?: number;
}

/**
 * Below so many rows packing b costs more than it saves, if neighbours in a row of b lie side by side: that kernel takes two rows at
 * a time.
 */
const FEW_ROWS = 8;

/** The matrix [rows, columns] stored row by row; with `transposed`, the one stored column by column. */
export function matrix(offset: number, rows: number, columns: number, transposed = false): Matrix {
  return transposed
    ? { offset, rowStride: 1, columnStride: rows }
    : { offset, rowStride: columns, columnStride: 1 };
}

/** A task of products of this size, any number of them, one after the other. */
export function productTask(shape: number[], size: ProductSize, run: Task['run']): Task {
  const { rows, columns, depth } = size;
  return {
    shape,
    run,
    floats: floatsOf(rows * columns * depth),
    scratch: ({ kernels, size: threads }) => ({
      shared: kernels.matmulShared(columns, Math.min(depth, stepsAtOnce(kernels, size, threads))),
      own: Math.max(kernels.matmulScratch(), rows < FEW_ROWS ? kernels.matmulFewRowsScratch(columns) : 0),
    }),
  };
}

/**
 * How much of the depth is packed at once. One thread does it in blocks that stay in the cache; the sums are the same, as they
 * are taken block by block anyway.
 */
function stepsAtOnce(kernels: Kernels['functions'], { columns }: ProductSize, threads: number): number {
  const block = kernels.matmulDepthBlock();
  if (threads === 1) return block;
  return block * Math.max(1, Math.floor(SHARED_FLOATS / (columns * block)));
}

/** Computes a b into the floats at `cOffset`, row by row, in a task of such products. */
export function multiply(executor: Executor, a: Matrix, b: Matrix, cOffset: number, size: ProductSize): void {
  const { kernels, shared } = executor;
  const { rows, columns, depth, rowsInAll = rows } = size;
  const [rowStep, depthStep] = [a.rowStride * FLOAT_BYTES, a.columnStride * FLOAT_BYTES];
  // By all rows: how many are a part depends on the number of threads, of which the bits of the result must not.
  if (rowsInAll < FEW_ROWS && b.columnStride === 1) {
    const bRowStep = b.rowStride * FLOAT_BYTES;
    const call = { a: a.offset, rowStep, depthStep, b: b.offset, bRowStep, c: cOffset, rows, columns, depth };
    executor.range('matmulFewRows', call, kernels.matmulFewRowsItems(columns));
    return;
  }
  const packing = {
    b: b.offset,
    depthStep: b.rowStride * FLOAT_BYTES,
    columnStep: b.columnStride * FLOAT_BYTES,
    panels: shared,
    columns,
    depth,
  };
  const product = {
    a: a.offset,
    rowStep,
    depthStep,
    panels: shared,
    c: cOffset,
    rows,
    columns,
    depth,
    accumulate: 0,
  };
  const atOnce = stepsAtOnce(kernels, size, executor.size);
  for (let k = 0; k < depth; k += atOnce) {
    const steps = Math.min(atOnce, depth - k);
    packing.b = b.offset + k * packing.depthStep;
    packing.depth = steps;
    executor.range('matmulPack', packing, kernels.matmulPackItems(columns, steps));
    product.a = a.offset + k * product.depthStep;
    product.depth = steps;
    product.accumulate = Number(k > 0);
    executor.range('matmul', product, kernels.matmulItems(rows));
  }
}

/** A new tensor of `shape` that holds a b row by row. */
export function product(
  backend: BackendWasm,
  shape: number[],
  a: Matrix,
  b: Matrix,
  size: ProductSize,
): tf.TensorInfo {
  const run: Task['run'] = (executor) => multiply(executor, a, b, executor.output, size);
  return compute(backend, productTask(shape, size, run));
}
