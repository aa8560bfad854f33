/**
 * `@bn/wasm-heap/testing`: for tests of kernels. Threads on tensors of any size, what is allocated on the heap and not freed,
 * allocations that fail.
 *
 * @packageDocumentation
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { allocatorOf } from './guard.js';
import { type EmscriptenModule, moduleOf } from './module.js';
import { activate, activePool, stopActive } from './threads/active.js';
import { playedThreads } from './threads/played.js';
import { tuning } from './threads/tuning.js';

export { isShared, memoryOf } from './module.js';
export { activePool } from './threads/active.js';
export { tuning } from './threads/tuning.js';

/** The heap of the current backend. */
export const heap = (): EmscriptenModule => moduleOf(tf.backend() as BackendWasm);

/**
 * From now on one thread plays so many on the current backend: the last piece first, each in a scratch space that holds nothing
 * of use. With 1 it plays no more.
 */
export function playThreads(size: number): void {
  const backend = tf.backend() as BackendWasm;
  if (size === 1) void stopActive();
  else activate(backend, playedThreads(backend, size));
}

const standard = { ...tuning };

/** From now on threads, if there are any, take part in tasks of any size, and workers begin. */
export function shareEverything(): void {
  Object.assign(tuning, { smallestTensor: 0, workersFirst: true });
}

/** From now on threads are as users have them. */
export function shareAsUsual(): void {
  Object.assign(tuning, standard);
}

/** How many pieces of work workers have taken over from the main thread so far. */
export const takenByWorkers = (): number => activePool()?.takenByWorkers ?? 0;

export interface AllocationWatch {
  /** Pointers that are allocated and not freed, as they are at any time. */
  readonly live: ReadonlySet<number>;
  /** The number of allocations so far. */
  readonly count: number;
  /** Ends the watch. */
  stop(): void;
}

/**
 * Watches the heap of the current backend until it is stopped.
 *
 * @param fails Whether the allocation of this number (1 is the first) finds no room.
 */
export function watchAllocations(fails: (count: number) => boolean = () => false): AllocationWatch {
  const module = heap();
  const allocator = allocatorOf(tf.backend() as BackendWasm);
  const { malloc } = allocator;
  const { _free } = module;
  const live = new Set<number>();
  let count = 0;
  allocator.malloc = (bytes) => {
    if (fails(++count)) return 0;
    const pointer = malloc(bytes) >>> 0;
    live.add(pointer);
    return pointer;
  };
  module._free = (pointer) => {
    live.delete(pointer >>> 0);
    _free(pointer);
  };
  return {
    live,
    get count() {
      return count;
    },
    stop() {
      allocator.malloc = malloc;
      module._free = _free;
    },
  };
}
