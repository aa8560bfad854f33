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
  Object.assign(tuning, {
    smallestTensor: 0,
    smallestIfAwake: 0,
    smallestAtRest: 0,
    workersFirst: true,
  });
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

/** Bytes before and after a block that nobody may write to. Pointers stay at multiples of 16. */
const GUARD = 64;
/** Each float of it is a NaN: whoever computes with memory that nobody wrote has one in the result. */
const POISON = 0xff;
const GUARD_BYTE = 0xa5;

export interface BlockGuard {
  /** Writes outside of blocks that were found so far, at their release. */
  readonly damage: readonly string[];
  /** How many blocks have been guarded. */
  readonly count: number;
  /** Looks at the blocks that still live, and ends the guard: their memory is as it was. */
  stop(): void;
}

/** From now on each block of the current backend's heap begins poisoned, and lies between bytes that are looked at. */
export function guardBlocks(): BlockGuard {
  const module = heap();
  const allocator = allocatorOf(tf.backend() as BackendWasm);
  const { malloc } = allocator;
  const { _free } = module;
  const sizes = new Map<number, number>();
  const damage: string[] = [];
  let count = 0;
  const edges = (pointer: number, bytes: number) => [pointer - GUARD, pointer + bytes] as const;
  const check = (pointer: number, bytes: number) => {
    for (const edge of edges(pointer, bytes)) {
      const offset = module.HEAPU8.subarray(edge, edge + GUARD).findIndex((byte) => byte !== GUARD_BYTE);
      if (offset >= 0) damage.push(`byte ${edge + offset - pointer} of a block of ${bytes}`);
    }
  };
  allocator.malloc = (bytes) => {
    const start = malloc(bytes + 2 * GUARD) >>> 0;
    if (start === 0) return 0;
    const pointer = start + GUARD;
    count++;
    sizes.set(pointer, bytes);
    module.HEAPU8.fill(POISON, pointer, pointer + bytes);
    for (const edge of edges(pointer, bytes)) module.HEAPU8.fill(GUARD_BYTE, edge, edge + GUARD);
    return pointer;
  };
  // Stays for blocks that outlive the guard.
  module._free = (pointer) => {
    const bytes = sizes.get(pointer >>> 0);
    if (bytes === undefined) {
      _free(pointer);
      return;
    }
    check(pointer >>> 0, bytes);
    sizes.delete(pointer >>> 0);
    module.HEAPU8.fill(POISON, pointer >>> 0, (pointer >>> 0) + bytes);
    _free((pointer >>> 0) - GUARD);
  };
  return {
    damage,
    get count() {
      return count;
    },
    stop() {
      allocator.malloc = malloc;
      for (const [pointer, bytes] of sizes) check(pointer, bytes);
      if (sizes.size === 0) module._free = _free;
    },
  };
}
