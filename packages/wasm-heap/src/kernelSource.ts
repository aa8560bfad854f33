/** What tasks and threads need of a library: its name, its kernels and their records. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { CallRecord, Exports } from './calls.js';

export interface KernelSource {
  /** Of the package; no other library has it. */
  readonly name: string;
  /** The record of each kernel that reads one. */
  readonly records: Readonly<Record<string, CallRecord<unknown>>>;
  /** Bytes that hold the largest of them. */
  readonly recordBytes: number;
  /** What a backend's instance exports, made at the first call. */
  exports(backend: BackendWasm): Exports;
  /** The compiled kernels that go with a memory; each thread makes its own instance. */
  module(memory: WebAssembly.Memory): WebAssembly.Module;
}
