/**
 * Normalization kernels in WebAssembly SIMD on the heap of tfjs's wasm backend. Importing it registers them.
 *
 * @packageDocumentation
 */
import '@tensorflow/tfjs-backend-wasm';
// A training step keeps x for the backward pass; tfjs's Identity would copy it.
import '@bn/wasm-train/identity';
import { registerBackend } from '@bn/core';
import { wasmBackend } from './backend.js';

export { ThreadError } from './threads/errors.js';
export { threadCount, useThreads } from './threads/useThreads.js';
export { wasmBackend };

registerBackend(wasmBackend);
