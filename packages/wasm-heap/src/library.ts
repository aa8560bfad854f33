/** Compiled kernels of a package, on the heap of tfjs's wasm backend. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type Binary, bytesOf } from './binary.js';
import type { CallRecord, Exports, KernelTypes, RecordsOf } from './calls.js';
import { UnsupportedBackendError } from './errors.js';
import { guardHeap } from './guard.js';
import { shareIdentity } from './identity.js';
import type { KernelSource } from './kernelSource.js';
import { isShared, memoryOf } from './module.js';
import { shareSaved } from './saved.js';
import { runTask, type Task } from './task.js';

export interface LibraryModule<K extends KernelTypes = KernelTypes> {
  /** Of the package; no other library has it. */
  readonly name: string;
  /** For any engine with 128-bit SIMD. */
  readonly plain: Binary;
  /** With relaxed SIMD (fused multiply-add: one rounding in place of two, about a third faster on processors that have it). */
  readonly relaxed?: Binary;
  /** How the host writes what each kernel reads. */
  readonly records: RecordsOf<K>;
}

export type Variant = 'plain' | 'relaxed';

/** Type parameter: what the module exports. */
export class Library<K extends KernelTypes> implements KernelSource {
  readonly name: string;
  /** @internal */
  readonly records: Readonly<Record<string, CallRecord<unknown>>>;
  /** @internal */
  readonly recordBytes: number;
  readonly #binaries: Omit<LibraryModule, 'records'>;
  readonly #instances = new WeakMap<BackendWasm, Exports>();
  readonly #modules: { shared?: WebAssembly.Module; single?: WebAssembly.Module } = {};
  #variant: Variant | undefined;

  /** @internal */
  constructor(module: LibraryModule<K>) {
    this.name = module.name;
    this.#binaries = module;
    this.records = module.records;
    this.recordBytes = Math.max(0, ...Object.values(this.records).map(({ bytes }) => bytes));
  }

  /**
   * The variant that the kernels use, decided once, when it is first asked for.
   *
   * Node 20 has relaxed SIMD behind a flag. An application may set it before the first kernel runs:
   * `v8.setFlagsFromString('--experimental-wasm-relaxed-simd')`. No package here does so by itself.
   */
  get variant(): Variant {
    const { relaxed } = this.#binaries;
    this.#variant ??= relaxed && WebAssembly.validate(bytesOf(relaxed, false)) ? 'relaxed' : 'plain';
    return this.#variant;
  }

  /** The functions of numbers, for a backend. */
  kernels(backend: BackendWasm): K['functions'] {
    // The type is what the package says of its assembly; WebAssembly's exports are untyped.
    return this.exports(backend) as unknown as K['functions'];
  }

  /**
   * What a backend's instance exports: made at the first call, and again for a backend that was removed and made again.
   *
   * @internal
   */
  exports(backend: BackendWasm): Exports {
    let exports = this.#instances.get(backend);
    if (exports === undefined) {
      const memory = memoryOf(backend);
      exports = new WebAssembly.Instance(this.module(memory), { env: { memory } }).exports as Exports;
      this.#instances.set(backend, exports);
    }
    return exports;
  }

  /** The compiled kernels that go with a memory; each thread makes its own instance. */
  module(memory: WebAssembly.Memory): WebAssembly.Module {
    const kind = isShared(memory) ? 'shared' : 'single';
    this.#modules[kind] ??= this.#compile(kind === 'shared');
    return this.#modules[kind];
  }

  /**
   * Runs a task on tfjs's wasm backend.
   *
   * @returns Its outputs; or an error, and nothing is left behind.
   * @throws OutOfMemoryError
   * @throws ThreadError once, if a thread has failed.
   */
  run<const Shapes extends readonly (readonly number[])[]>(
    backend: BackendWasm,
    task: Task<K, Shapes>,
  ): { [Name in keyof Shapes]: tf.TensorInfo } {
    return runTask(this, backend, task);
  }

  #compile(shared: boolean): WebAssembly.Module {
    const bytes = bytesOf(this.#binaries[this.variant]!, shared);
    if (!WebAssembly.validate(bytes)) {
      throw new UnsupportedBackendError(`${this.name} needs WebAssembly SIMD, which this engine lacks`);
    }
    return new WebAssembly.Module(bytes);
  }
}

const registered: KernelSource[] = [];

/**
 * Makes compiled kernels known here: `useThreads` gives them threads, if it is called later. The first library also makes
 * tfjs's Identity, and what the tape keeps, share data in place of copying it, and a heap that is full an OutOfMemoryError,
 * whoever asks for memory.
 */
export function registerLibrary<K extends KernelTypes>(module: LibraryModule<K>): Library<K> {
  const library = new Library<K>(module);
  registered.push(library);
  shareIdentity(guardHeap);
  shareSaved();
  const started = tf.engine().registry.wasm as BackendWasm | undefined;
  if (started) guardHeap(started);
  return library;
}

/** In the order of their registration. */
export function libraries(): readonly KernelSource[] {
  return registered;
}
