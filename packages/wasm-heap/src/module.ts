/** The parts of tfjs's Emscripten module that its types leave out. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { UnsupportedBackendError } from './errors.js';

export interface EmscriptenModule {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  /** Another one after the heap has grown: never kept. */
  HEAPU8: Uint8Array;
  /** Where the single-threaded build shows its memory. */
  readonly asm?: { readonly memory?: WebAssembly.Memory };
  /** Where the threaded build, which imports it, does. */
  readonly wasmMemory?: WebAssembly.Memory;
}

export function moduleOf(backend: BackendWasm): EmscriptenModule {
  return backend.wasm as unknown as EmscriptenModule;
}

/**
 * The memory that holds the tensors of a backend.
 *
 * @throws UnsupportedBackendError
 */
export function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const { wasmMemory, asm } = moduleOf(backend);
  const memory = wasmMemory ?? asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new UnsupportedBackendError(
      "this build of tfjs's wasm backend does not expose its memory; tested with @tensorflow/tfjs-backend-wasm 4.22",
    );
  }
  return memory;
}

/** Whether threads can share this memory. */
export function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
}
