/**
 * Normalization kernels in WebAssembly SIMD on the heap of tfjs's wasm backend. Importing it registers them.
 *
 * @packageDocumentation
 */
import { registerBackend } from '@bn/core';
import { wasmBackend } from './backend.js';

export { OutOfMemoryError, ThreadError, threadCount, useThreads } from '@bn/wasm-heap';
export { kernelVariant, type Variant } from './kernels.js';
export { wasmBackend };

registerBackend(wasmBackend);
