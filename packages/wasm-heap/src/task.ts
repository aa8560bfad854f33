/** What every kernel does around its arithmetic: room for results and for scratch, one thread or several, clean-up. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import type { CallOf, KernelTypes, ResultOf } from './calls.js';
import type { KernelSource } from './kernelSource.js';
import { allocateOutputs, type Discard, withScratch } from './memory.js';
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
  const discard: Discard = (free) => (threads ? afterFailure(threads, free) : free());
  const withRecord = (record: number) => {
    const caller = callerOf<K>(library, backend, record, threads?.size ?? 1);
    const scratch = task.scratch?.(caller);
    const sharedBytes = roundUp(scratch?.shared ?? 0);
    const ownBytes = roundUp(scratch?.own ?? 0);
    const use = (shared: number) => {
      const outputs = allocateOutputs(backend, task.outputs, task.dtype);
      const infos = outputs.map(({ info }) => info);
      const own = shared + sharedBytes;
      const range = (kernel: string, call: unknown, items: number) => {
        caller.write(kernel, call);
        if (threads) threads.range(library, kernel, record, items, own, ownBytes);
        else caller.exports[kernel]!(record, 0, items, own);
      };
      try {
        const { kernels, size, call } = caller;
        task.run({ kernels, size, call, shared, outputs: outputs.map(({ pointer }) => pointer), range });
      } catch (error) {
        for (const { dataId } of infos) discard(() => backend.disposeData(dataId as DataId));
        throw error;
      }
      return infos as { [Name in keyof Shapes]: TensorInfo };
    };
    // Scratch space first: once there are outputs, only a worker that crashes can make them useless.
    return withScratch(backend, sharedBytes + caller.size * ownBytes, use, discard);
  };
  return withScratch(backend, roundUp(library.recordBytes), withRecord, discard);
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
