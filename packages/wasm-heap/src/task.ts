/** What every kernel does around its arithmetic: room for results and for scratch, one thread or several, clean-up. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import type { CallOf, KernelTypes, ResultOf } from './calls.js';
import type { KernelSource } from './kernelSource.js';
import { allocateOutputs } from './memory.js';
import { type EmscriptenModule, moduleOf } from './module.js';
import { afterFailure, threadsFor } from './threads/active.js';
import { viewsOf } from './views.js';

/** Bytes of two cache lines, which processors fetch together: threads that write to the same ones slow each other down. */
const CACHE_LINES = 128;

/** Bytes of scratch space, not initialized. */
export interface Scratch {
  /** Of all threads together. */
  readonly shared?: number;
  /** Of each thread. */
  readonly own?: number;
}

export interface Task<
  K extends KernelTypes,
  Shapes extends readonly (readonly number[])[] = readonly (readonly number[])[],
> {
  /** Shapes of the results. */
  readonly outputs: Shapes;
  /** Of the results; float32 if it does not say. */
  readonly dtype?: 'float32' | 'int32';
  /** How long it takes, as floats that one pass over memory reads in that time: what is short stays on one thread. */
  readonly floats: number;
  scratch?(caller: Caller<K>): Scratch;
  run(executor: Executor<K>): void;
}

/** Who calls a library's functions, in one thread. */
export interface Caller<K extends KernelTypes> {
  readonly kernels: K['functions'];
  /** Threads at work. */
  readonly size: number;
  /** Writes the record of a kernel that takes a call alone, and runs it. */
  call<Name extends keyof K['calls'] & string>(kernel: Name, call: CallOf<K, Name>): ResultOf<K, Name>;
}

/** Byte offsets of what a task has been given, and who runs its steps: one thread, or several, with the same results. */
export interface Executor<K extends KernelTypes> extends Caller<K> {
  readonly shared: number;
  /** In the order of the task's shapes. */
  readonly outputs: readonly number[];
  /** Writes a kernel's record, and runs it over items 0 to `items`, which have nothing to do with each other. */
  range<Name extends keyof K['ranges'] & string>(kernel: Name, call: K['ranges'][Name], items: number): void;
}

/** See `Library.run`. */
export function runTask<K extends KernelTypes, const Shapes extends readonly (readonly number[])[]>(
  library: KernelSource,
  backend: BackendWasm,
  task: Task<K, Shapes>,
): { [Name in keyof Shapes]: TensorInfo } {
  const threads = threadsFor(backend, library, task.floats);
  const module = moduleOf(backend);
  const record = module._malloc(roundUp(library.recordBytes));
  let scratch = 0;
  const infos: TensorInfo[] = [];
  try {
    const caller = callerOf<K>(library, backend, record, threads?.size ?? 1);
    const { kernels, exports, size, write, call } = caller;
    const { shared = 0, own = 0 } = task.scratch?.(caller) ?? noScratch;
    const sharedBytes = roundUp(shared);
    const ownBytes = roundUp(own);
    const bytes = sharedBytes + size * ownBytes;
    // Scratch space first: once there are outputs, only a worker that crashes can make them useless.
    if (bytes > 0) scratch = module._malloc(bytes);
    const ofThreads = scratch + sharedBytes;
    const outputs: number[] = [];
    for (const { info, pointer } of allocateOutputs(backend, task.outputs, task.dtype)) {
      infos.push(info);
      outputs.push(pointer);
    }
    const range = (kernel: string, values: unknown, items: number) => {
      write(kernel, values);
      if (threads) threads.range(library, kernel, record, items, ofThreads, ownBytes);
      else exports[kernel]!(record, 0, items, ofThreads);
    };
    task.run({ kernels, size, call, shared: scratch, outputs, range });
  } catch (error) {
    const discard = () => {
      for (const { dataId } of infos) backend.disposeData(dataId as DataId);
      free(module, record, scratch);
    };
    // At once, unless another thread might still write to it.
    if (threads) afterFailure(threads, discard);
    else discard();
    throw error;
  }
  free(module, record, scratch);
  return infos as { [Name in keyof Shapes]: TensorInfo };
}

const noScratch: Scratch = {};

/** @param scratch 0 if there is none. */
function free(module: EmscriptenModule, record: number, scratch: number): void {
  if (scratch !== 0) module._free(scratch);
  module._free(record);
}

/** @param record Where it writes the record of the kernel that is called. */
function callerOf<K extends KernelTypes>(
  library: KernelSource,
  backend: BackendWasm,
  record: number,
  size: number,
) {
  const exports = library.exports(backend);
  let memory = viewsOf(backend);
  const write = (kernel: string, call: unknown): void => {
    // The heap has grown: tensors that come from another backend need room.
    if (memory.integers.length === 0) memory = viewsOf(backend);
    library.records[kernel]!.write(memory, record, call);
  };
  return {
    // The types are what the package says of its assembly; WebAssembly's exports are untyped.
    kernels: exports as unknown as K['functions'],
    exports,
    size,
    write,
    call<Name extends keyof K['calls'] & string>(kernel: Name, call: CallOf<K, Name>): ResultOf<K, Name> {
      write(kernel, call);
      return exports[kernel]!(record) as ResultOf<K, Name>;
    },
  };
}

const roundUp = (bytes: number): number => Math.ceil(bytes / CACHE_LINES) * CACHE_LINES;
