/** What kernels need of tfjs's wasm backend: its heap, the place of tensors on it, and room for new ones. */

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { type KernelExports, kernelModule } from './binary.js';
import { OutOfMemoryError, UnsupportedBackendError } from './errors.js';

/** Bytes that 32-bit addresses reach. */
const ADDRESS_SPACE = 2 ** 32;
const FLOAT_BYTES = 4;

/** The parts of tfjs's Emscripten module that its types leave out. */
interface EmscriptenModule {
  _malloc(bytes: number): number;
  _free(offset: number): void;
  HEAPU8: Uint8Array;
  asm?: { memory?: WebAssembly.Memory };
  wasmMemory?: WebAssembly.Memory;
}

const instances = new WeakMap<BackendWasm, KernelExports>();

function emscripten(backend: BackendWasm): EmscriptenModule {
  return backend.wasm as unknown as EmscriptenModule;
}

/** The kernels on this backend's heap; a backend that is removed takes its kernels with it. */
export function kernels(backend: BackendWasm): KernelExports {
  let exports = instances.get(backend);
  if (exports === undefined) {
    const memory = memoryOf(backend);
    // The exports' types are what assembly/index.ts says; WebAssembly's own are untyped.
    const instance = new WebAssembly.Instance(kernelModule(memory), { env: { memory } });
    exports = instance.exports as unknown as KernelExports;
    instances.set(backend, exports);
  }
  return exports;
}

/** The memory that holds the tensors of a backend. */
export function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const module = emscripten(backend);
  // The single-threaded build shows its memory among its exports, the threaded one, which imports it, by name.
  const memory = module.wasmMemory ?? module.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new UnsupportedBackendError('its WebAssembly.Memory is not where tfjs 4.22 has it');
  }
  return memory;
}

/** Byte offset of a tensor on the heap. Never kept: the backend may free or move the data after the call. */
export function pointer(backend: BackendWasm, tensor: tf.TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId) >>> 0;
}

/** tfjs's own allocations do not look at malloc's answer, and would then write to address 0. */
function allocate(backend: BackendWasm, kernelName: string, bytes: number): number {
  const offset = bytes < ADDRESS_SPACE ? emscripten(backend)._malloc(bytes) >>> 0 : 0;
  if (offset === 0) throw new OutOfMemoryError(kernelName, bytes);
  return offset;
}

/** A new tensor of 4 bytes an element, not initialized. */
export function allocateOutput(
  backend: BackendWasm,
  kernelName: string,
  shape: number[],
  dtype: 'float32' | 'int32' = 'float32',
): tf.TensorInfo {
  const size = shape.reduce((product, length) => product * length, 1);
  const offset = allocate(backend, kernelName, Math.max(1, size) * FLOAT_BYTES);
  return backend.makeOutput(shape, dtype, offset);
}

/** How memory is freed after an error: at once, unless another thread might still write to it. */
export type Discard = (free: () => void) => void;

const atOnce: Discard = (free) => free();

/** Runs `use` with so many floats of uninitialized heap, and frees them, whatever happens. */
export function withScratch<T>(
  backend: BackendWasm,
  kernelName: string,
  floats: number,
  use: (scratch: number) => T,
  discard = atOnce,
): T {
  const offset = allocate(backend, kernelName, Math.max(1, floats) * FLOAT_BYTES);
  const free = () => emscripten(backend)._free(offset);
  let result: T;
  try {
    result = use(offset);
  } catch (error) {
    discard(free);
    throw error;
  }
  free();
  return result;
}

/** The same, holding these int32 values: how a kernel gets the shape it works on. */
export function withIntegers<T>(
  backend: BackendWasm,
  kernelName: string,
  values: readonly number[],
  use: (offset: number) => T,
  discard = atOnce,
): T {
  const fill = (offset: number) => {
    // The view is made here and dropped here: the heap's buffer is another one after it has grown.
    new Int32Array(emscripten(backend).HEAPU8.buffer, offset, values.length).set(values);
    return use(offset);
  };
  return withScratch(backend, kernelName, values.length, fill, discard);
}

/** Sets a float32 tensor to zero. */
export function fillWithZeros(backend: BackendWasm, tensor: tf.TensorInfo): void {
  backend.typedArrayFromHeap(tensor).fill(0);
}
