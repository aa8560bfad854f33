/**
 * `@bn/wasm-train/threads`: where the kernels of this package, if a program has them, meet the threads of `@bn/wasm`, if it
 * has those. Neither needs the other, and no kernel is imported with this.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** Compiled kernels, of which every thread makes an instance of its own. */
export interface Library {
  /** For memory that threads share. */
  readonly module: WebAssembly.Module;
  /** What the calling thread's instance exports. */
  readonly exports: object;
}

export interface Threads {
  /** Threads, the calling one included. */
  readonly size: number;
  /**
   * Runs a kernel over items 0 to `items`, in pieces: its name is that of an export that ends in (from, to, scratch).
   *
   * @param scratch Address of `threadBytes` for each thread.
   * @throws Error where a thread has failed; later calls run on the calling thread alone.
   */
  range(kernel: string, args: readonly number[], items: number, scratch: number, threadBytes: number): void;
  /** Frees what `range` worked on before it threw, as soon as no thread can write to it any more. */
  afterFailure(free: () => void): void;
}

export const meeting: {
  /** The kernels that want threads; set by importing `@bn/wasm-train`. */
  library?: (backend: BackendWasm) => Library;
  /**
   * The threads for a kernel that takes as long as a pass over so many floats; undefined where one thread does it alone. Set
   * where threads are started that have the library.
   *
   * @throws Error once, where a thread has failed since the last call.
   */
  threads?: ((backend: BackendWasm, floats: number) => Threads | undefined) | undefined;
} = {};
