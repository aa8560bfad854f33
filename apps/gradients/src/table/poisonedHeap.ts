/** Makes tfjs's wasm heap hand out memory full of large numbers, so that a kernel that leaves some unwritten is seen. */
import * as tf from '@tensorflow/tfjs';

const POISON = 1e9;

interface Heap {
  _malloc(bytes: number): number;
  HEAPU8: Uint8Array;
}

const poisoned = new WeakSet<Heap>();

/** For the wasm backend in use. What it may hold at chance is then the same in every run. */
export function poisonHeap(): void {
  const heap = (tf.backend() as tf.KernelBackend & { wasm: Heap }).wasm;
  if (poisoned.has(heap)) return;
  poisoned.add(heap);
  const allocate = heap._malloc;
  heap._malloc = (bytes) => {
    const offset = allocate(bytes);
    if (offset !== 0) new Float32Array(heap.HEAPU8.buffer, offset >>> 0, bytes >> 2).fill(POISON);
    return offset;
  };
}
