/** Matrix products on the heap, for every kernel that is one. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { allocateOutput, kernels, pointer, withScratch } from './backend.js';

const FLOAT_BYTES = 4;

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
}

/**
 * Below so many rows, packing b costs more than it saves, and tfjs, which multiplies by b as it lies (where it is not
 * transposed), is quicker.
 */
export const FEW_ROWS = 8;

/** The matrix [rows, columns] stored row by row; with `transposed`, the one stored column by column. */
export function matrix(offset: number, rows: number, columns: number, transposed = false): Matrix {
  return transposed
    ? { offset, rowStride: 1, columnStride: rows }
    : { offset, rowStride: columns, columnStride: 1 };
}

/** Computes a b into the floats at `cOffset`, row by row, with scratch of `matmulScratch(columns, depth)` floats. */
export function multiply(
  backend: BackendWasm,
  a: Matrix,
  b: Matrix,
  cOffset: number,
  { rows, columns, depth }: ProductSize,
  scratch: number,
): void {
  kernels(backend).matmul(
    a.offset,
    a.rowStride * FLOAT_BYTES,
    a.columnStride * FLOAT_BYTES,
    b.offset,
    b.rowStride * FLOAT_BYTES,
    b.columnStride * FLOAT_BYTES,
    cOffset,
    rows,
    columns,
    depth,
    scratch,
  );
}

/** A new tensor of `shape` that holds a b row by row. */
export function product(
  backend: BackendWasm,
  kernelName: string,
  shape: number[],
  a: Matrix,
  b: Matrix,
  size: ProductSize,
): tf.TensorInfo {
  const floats = kernels(backend).matmulScratch(size.columns, size.depth);
  return withScratch(backend, kernelName, floats, (scratch) => {
    const c = allocateOutput(backend, kernelName, shape);
    multiply(backend, a, b, pointer(backend, c), size, scratch);
    return c;
  });
}
