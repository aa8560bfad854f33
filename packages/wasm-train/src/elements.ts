/** Elements on the heap, for kernels whose loop is JavaScript: those of rare operations and of rare types. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { type KernelArguments, sizeOf } from './kernel.js';

/** What the heap holds. */
export type Elements = Float32Array | Int32Array | Uint8Array;

/** A view of a tensor's elements. It is no longer valid after the next allocation, which may move the heap. */
export function elementsOf(backend: BackendWasm, tensor: tf.TensorInfo): Elements {
  return backend.typedArrayFromHeap(tensor) as Elements;
}

/**
 * A new tensor whose elements `fill` writes.
 *
 * @param args Of the kernel.
 * @param fill Is called after all allocations, with the elements of y: views of inputs are made in it.
 * @throws OutOfMemoryError
 */
export function filled(
  args: KernelArguments,
  shape: readonly number[],
  dtype: tf.DataType,
  fill: (y: Elements) => void,
): tf.TensorInfo {
  const backend = args.backend as BackendWasm;
  const y = backend.makeOutput([...shape], dtype);
  fill(elementsOf(backend, y));
  return y;
}

/** y[i] = f(x[i]), rounded towards zero for int32 and bool. Reads x once, writes y once. */
export function mapped(
  args: KernelArguments,
  x: tf.TensorInfo,
  dtype: tf.DataType,
  f: (value: number) => number,
): tf.TensorInfo {
  const backend = args.backend as BackendWasm;
  return filled(args, x.shape, dtype, (y) => {
    const values = elementsOf(backend, x);
    for (let i = 0; i < y.length; ++i) y[i] = f(values[i]!);
  });
}

/** Whether a tensor has a NaN in it. */
export function hasNaN(backend: BackendWasm, tensor: tf.TensorInfo): boolean {
  if (tensor.dtype !== 'float32') return false;
  const values = elementsOf(backend, tensor);
  for (let i = 0; i < values.length; ++i) {
    if (Number.isNaN(values[i])) return true;
  }
  return false;
}

/** Whether a tensor has no elements. */
export function isEmpty(tensor: tf.TensorInfo): boolean {
  return sizeOf(tensor.shape) === 0;
}
