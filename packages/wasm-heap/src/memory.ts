/** Memory on tfjs's wasm heap, whose allocator throws if it has none left (guard.ts). */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import { moduleOf } from './module.js';

/** Of float32 and int32. */
const ELEMENT_BYTES = 4;

/** An output tensor and where its elements are. */
export interface Output {
  readonly info: TensorInfo;
  readonly pointer: number;
}

/**
 * Allocates outputs of these shapes, not initialized: all of them, or none.
 *
 * @throws OutOfMemoryError
 */
export function allocateOutputs<const Shapes extends readonly (readonly number[])[]>(
  backend: BackendWasm,
  shapes: Shapes,
  dtype: 'float32' | 'int32' = 'float32',
): { [K in keyof Shapes]: Output } {
  const module = moduleOf(backend);
  const pointers: number[] = [];
  try {
    for (const shape of shapes) pointers.push(module._malloc(sizeOf(shape) * ELEMENT_BYTES));
  } catch (error) {
    for (const pointer of pointers) module._free(pointer);
    throw error;
  }
  const outputs: Output[] = [];
  for (let i = 0; i < shapes.length; i++) {
    const pointer = pointers[i]!;
    outputs.push({ pointer, info: backend.makeOutput(shapes[i]!.slice(), dtype, pointer) });
  }
  return outputs as readonly Output[] as { [K in keyof Shapes]: Output };
}

/**
 * A new float32 tensor of zeros.
 *
 * @throws OutOfMemoryError
 */
export function allocateZeros(backend: BackendWasm, shape: readonly number[]): TensorInfo {
  const [{ info }] = allocateOutputs(backend, [shape]);
  backend.typedArrayFromHeap(info).fill(0);
  return info;
}

/**
 * A tensor's byte offset; 0 if there is no tensor. Never kept: the backend may free or move the data after the call. Moves the
 * tensor to this backend if it is on another.
 *
 * @throws OutOfMemoryError if there is no memory to move it to; it stays where it was.
 */
export function pointerOf(backend: BackendWasm, info: TensorInfo | undefined): number {
  if (info === undefined) return 0;
  return backend.dataIdMap.get(info.dataId as DataId).memoryOffset >>> 0;
}

function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}
