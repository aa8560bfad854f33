/**
 * Threads for the kernels of this package and of `@bn/wasm-train`. They need memory that threads can share: in Node it is
 * made; a page has it where it is cross-origin isolated, which its server asks for with two headers:
 *
 *     Cross-Origin-Opener-Policy: same-origin
 *     Cross-Origin-Embedder-Policy: require-corp
 */
import { OptionError, useBackend } from '@bn/core';
import { meeting } from '@bn/wasm-train/threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { isShared, kernelsOf, memoryOf, moduleFor } from '../kernels.js';
import { activate, activePool, stopActive } from './active.js';
import { nodeModule, processorCount } from './environment.js';
import { ThreadError } from './errors.js';
import { Pool } from './pool.js';
import { replaceBackend } from './sharedBackend.js';

/** A typing error should not start a thousand workers. */
const MOST = 64;

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the kernels of this package on `n` threads: the calling one and n - 1 workers, which sleep while there is nothing to
 * do, do not keep a Node process alive, and end with tfjs's wasm backend or with `useThreads(1)`. Tensors of fewer than
 * 262,144 elements stay on one thread, which is faster. Results have the same bits for every n.
 *
 * The heavy kernels of `@bn/wasm-train` share the threads, if it was imported before; imported later, they do from the next
 * call on. They too leave to one thread what takes it less than some 100 microseconds.
 *
 * Starts tfjs's wasm backend where that has not happened yet, and makes it the current one if there was none. In Node tfjs
 * starts it on memory that cannot be shared, so the first call with n > 1 replaces it: tensors that are alive stay valid, each
 * is moved when it is first used.
 *
 * @param n Threads, from 1 to 64, or 'auto' for as many as there are processors.
 * @returns The number of threads, once they are ready.
 * @throws OptionError where n is neither.
 * @throws ThreadError where threads cannot be had; its message says why and what to do. Later, operations throw it once
 * where a worker has crashed; from then on one thread does the work.
 * @throws BackendError where tfjs's wasm backend cannot be started.
 */
export async function useThreads(n: number | 'auto'): Promise<number> {
  const size = checkedSize(n);
  const result = last.then(() => change(size));
  last = result.catch(() => {});
  return result;
}

/** The threads that kernels run on: 1, unless `useThreads` has started more. */
export function threadCount(): number {
  return activePool()?.size ?? 1;
}

function checkedSize(n: unknown): number {
  if (n === 'auto') return Math.min(MOST, Math.max(1, processorCount()));
  if (typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= MOST) return n;
  throw new OptionError(`useThreads: n must be an integer from 1 to ${MOST}, or 'auto', got ${String(n)}`);
}

async function change(size: number): Promise<number> {
  const { library, threads } = meeting;
  // Threads that were started before @bn/wasm-train was imported do not have its kernels.
  const isComplete = size === 1 || !library || threads;
  if (size === threadCount() && isComplete) return size;
  if (size === 1) {
    await stopActive();
    return 1;
  }
  let backend = await startedBackend();
  if (!isShared(memoryOf(backend))) {
    assertReplaceable();
    backend = await replaceBackend(backend);
  }
  const memory = memoryOf(backend);
  const own = { module: moduleFor(memory), exports: kernelsOf(backend) };
  const pool = await Pool.start(size, library ? [own, library(backend)] : [own], memory);
  await stopActive();
  activate(backend, pool, library !== undefined);
  return size;
}

/** tfjs's wasm backend; starting it must not change which one is current. */
async function startedBackend(): Promise<BackendWasm> {
  const current = tf.engine().backendName;
  await useBackend('wasm');
  const backend = tf.engine().backend as BackendWasm;
  if (current && current !== 'wasm') await tf.setBackend(current);
  return backend;
}

/** Throws unless memory can be had that threads share. */
function assertReplaceable(): void {
  if (nodeModule('node:worker_threads')) return;
  if (!globalThis.crossOriginIsolated) {
    throw new ThreadError(
      '@bn/wasm: threads need shared memory, which browsers give to cross-origin isolated pages only: serve the page ' +
        'with the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"',
    );
  }
  throw new ThreadError(
    "@bn/wasm: threads need tfjs's threaded build, but its wasm backend runs another: do not give setWasmPath a single " +
      'file, and let setWasmPaths lead to tfjs-backend-wasm-threaded-simd.wasm too',
  );
}
