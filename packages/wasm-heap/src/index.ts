/**
 * Kernels in WebAssembly on the heap of tfjs's wasm backend: what packages of such kernels stand on. Memory, compiled modules,
 * tasks, threads.
 *
 * @packageDocumentation
 */
// First, so that tfjs's kernels are there before any is replaced.
import '@tensorflow/tfjs-backend-wasm';

export { type Binary, bytesOf } from './binary.js';
export type { CallOf, CallRecord, KernelTypes, RecordsOf, ResultOf } from './calls.js';
export { OptionError, OutOfMemoryError, ThreadError, UnsupportedBackendError } from './errors.js';
export { guardHeap } from './guard.js';
export { type Library, type LibraryModule, registerLibrary, type Variant } from './library.js';
export { allocateOutputs, allocateZeros, type Output, pointerOf } from './memory.js';
export { type KernelArguments, type KernelResult, runOriginal } from './original.js';
export { replaceKernel, restoreKernel } from './replace.js';
export type { Caller, Executor, Scratch, Task } from './task.js';
export { threadCount, useThreads } from './threads/useThreads.js';
export { type Views, viewsOf } from './views.js';
