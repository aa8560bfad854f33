/** Threads for tests of kernels: one that does the work of several, in an order and on scratch space that a kernel must bear. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { moduleOf } from '../module.js';
import type { Threads } from './threads.js';

export function playedThreads(backend: BackendWasm, size: number): Threads {
  return {
    size,
    failure: undefined,
    hung: false,
    takenByWorkers: 0,
    prepare: () => true,
    has: () => true,
    range(library, kernel, call, items, scratch, threadBytes) {
      const run = library.exports(backend)[kernel]!;
      const pieces = Math.min(items, 3 * size);
      for (let piece = pieces - 1; piece >= 0; --piece) {
        const own = scratch + (piece % size) * threadBytes;
        const { buffer } = moduleOf(backend).HEAPU8;
        new Float32Array(buffer, own, threadBytes / Float32Array.BYTES_PER_ELEMENT).fill(Number.NaN);
        const from = Math.floor((piece * items) / pieces);
        const to = Math.floor(((piece + 1) * items) / pieces);
        run(call, from, to, own);
      }
    },
    stop: async () => {},
  };
}
