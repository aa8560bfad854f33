/** What is allocated on tfjs's heap and not freed. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { vi } from 'vitest';

/** The allocator and the bytes among tfjs's Emscripten exports, which its types leave out. */
interface Heap {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  HEAPU8: Uint8Array;
}

export const heap = (): Heap => (tf.backend() as BackendWasm).wasm as unknown as Heap;

/**
 * Watches the heap of the current backend until mocks are restored; an allocation for which `fails` is true finds no room.
 *
 * @returns Pointers that are allocated and not freed, as they are at any time.
 */
export function watchAllocations(fails: () => boolean = () => false): ReadonlySet<number> {
  const live = new Set<number>();
  const { _malloc, _free } = heap();
  vi.spyOn(heap(), '_malloc').mockImplementation((bytes) => {
    if (fails()) return 0;
    const pointer = _malloc(bytes);
    live.add(pointer);
    return pointer;
  });
  vi.spyOn(heap(), '_free').mockImplementation((pointer) => {
    live.delete(pointer);
    _free(pointer);
  });
  return live;
}
