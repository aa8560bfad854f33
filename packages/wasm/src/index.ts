/**
 * Normalization kernels in WebAssembly SIMD on the heap of tfjs's wasm backend. Importing it registers them.
 *
 * @packageDocumentation
 */
import '@tensorflow/tfjs-backend-wasm';
import { registerBackend } from '@bn/core';
import { wasmBackend } from './backend.js';

export { wasmBackend };

registerBackend(wasmBackend);
