/** What tasks and threads need of a library: its name and its kernels. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

export interface KernelSource<Exports extends object = object> {
  /** Of the package; no other library has it. */
  readonly name: string;
  /** The kernels of a backend, instantiated at the first call. */
  kernels(backend: BackendWasm): Exports;
  /** The compiled kernels that go with a memory; each thread makes its own instance. */
  module(memory: WebAssembly.Memory): WebAssembly.Module;
}
