/** Memory on tfjs's wasm heap. tfjs itself does not look whether its allocator had any left; here it is an error. */
import { OutOfMemoryError } from '@bn/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';

const FLOAT = 4;
/** Bytes that 32-bit pointers reach; a larger request would be taken modulo this. */
const ADDRESS_SPACE = 2 ** 32;

/** The allocator among tfjs's Emscripten exports, which its types leave out. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

const allocatorOf = (backend: BackendWasm): Allocator => backend.wasm as unknown as Allocator;

/** An output tensor and where its floats are. */
export interface Output {
  readonly info: TensorInfo;
  readonly pointer: number;
}

/**
 * Allocates float32 outputs of these shapes: all of them, or none.
 *
 * @throws OutOfMemoryError
 */
export function allocateOutputs<const Shapes extends readonly (readonly number[])[]>(
  backend: BackendWasm,
  shapes: Shapes,
): { [K in keyof Shapes]: Output } {
  const pointers: number[] = [];
  try {
    for (const shape of shapes) pointers.push(allocate(backend, sizeOf(shape) * FLOAT));
  } catch (error) {
    for (const pointer of pointers) allocatorOf(backend)._free(pointer);
    throw error;
  }
  const outputs = shapes.map((shape, i) => {
    const pointer = pointers[i]!;
    return { pointer, info: backend.makeOutput([...shape], 'float32', pointer) };
  });
  return outputs as { [K in keyof Shapes]: Output };
}

/**
 * Runs f with `bytes` of scratch space (at pointer 0 where it needs none), and frees it; where f fails, `discard` does that.
 *
 * @throws OutOfMemoryError
 */
export function withScratch<T>(
  backend: BackendWasm,
  bytes: number,
  f: (pointer: number) => T,
  discard: (free: () => void) => void,
): T {
  if (bytes === 0) return f(0);
  const pointer = allocate(backend, bytes);
  const free = () => allocatorOf(backend)._free(pointer);
  let result: T;
  try {
    result = f(pointer);
  } catch (error) {
    discard(free);
    throw error;
  }
  free();
  return result;
}

/**
 * A tensor's byte offset; 0 where there is no tensor. Moves the tensor to this backend where it is on another.
 *
 * @throws OutOfMemoryError where tfjs found no memory to move it to.
 */
export function pointerOf(backend: BackendWasm, info: TensorInfo | undefined): number {
  if (info === undefined) return 0;
  const pointer = backend.dataIdMap.get(info.dataId as DataId).memoryOffset;
  if (pointer === 0) throw outOfMemory(sizeOf(info.shape) * FLOAT);
  return pointer;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function allocate(backend: BackendWasm, bytes: number): number {
  const pointer = bytes < ADDRESS_SPACE ? allocatorOf(backend)._malloc(bytes) >>> 0 : 0;
  if (pointer === 0) throw outOfMemory(bytes);
  return pointer;
}

function outOfMemory(bytes: number): OutOfMemoryError {
  return new OutOfMemoryError(
    `@bn/wasm: the WebAssembly heap has no ${(bytes / 2 ** 20).toFixed(1)} MiB left (its limit is 4 GiB or less); ` +
      'dispose tensors, or use smaller batches',
  );
}
