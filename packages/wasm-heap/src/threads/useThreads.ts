/**
 * Threads for the kernels of every registered library. They need memory that threads can share: in Node it is
 * made; a page has it if it is cross-origin isolated, which its server asks for with two headers:
 *
 *     Cross-Origin-Opener-Policy: same-origin
 *     Cross-Origin-Embedder-Policy: require-corp
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { OptionError, ThreadError, UnsupportedBackendError } from '../errors.js';
import { libraries } from '../library.js';
import { isShared, memoryOf } from '../module.js';
import { activate, activePool, stopActive } from './active.js';
import { nodeModule, processorCount } from './environment.js';
import { Pool } from './pool.js';
import { replaceBackend } from './sharedBackend.js';

/** A typing error should not start a thousand workers. */
const MOST = 64;

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the kernels of `@bn/wasm` and `@bn/wasm-train` on `n` threads: the calling one and n - 1 workers, which do not keep a Node
 * process alive, and end with tfjs's wasm backend or with `useThreads(1)`. Results have the same bits for every n.
 *
 * A worker looks out for more work for a tenth of a millisecond, and then sleeps. So workers are awake from one operation of a training
 * step to the next, and keep their processors busy for it, and do nothing while there is nothing to do. Normalization of fewer than
 * 65,536 elements stays on one thread, which is faster, and so does one of fewer than 262,144 that finds the workers asleep, unless it
 * follows closely on another. If other programs keep the processors so busy that a worker which looks out holds the calling thread up,
 * the workers rest for a while, and take part from 2,097,152 elements on.
 *
 * A package that is imported later than the call runs on one thread, and on all from the next call on.
 *
 * Starts tfjs's wasm backend if that has not happened yet, and makes it the current one if there was none. In Node tfjs
 * starts it on memory that cannot be shared, so the first call with n > 1 replaces it: tensors that are alive stay valid, each
 * is moved when it is first used.
 *
 * @param n Threads, from 1 to 64, or 'auto' for as many as there are processors.
 * @returns The number of threads, once they are ready.
 * @throws OptionError if n is neither.
 * @throws ThreadError if threads cannot be had; its message says why and what to do. Later, operations throw it once
 * after a worker has crashed; from then on one thread does the work.
 * @throws UnsupportedBackendError if tfjs's wasm backend cannot be started.
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
  // Threads that were started before a library was registered do not have its kernels.
  const isComplete = size === 1 || libraries().every((library) => activePool()?.has(library));
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
  const pool = await Pool.start(size, libraries(), backend);
  await stopActive();
  activate(backend, pool);
  return size;
}

/** tfjs's wasm backend; starting it must not change which one is current. */
async function startedBackend(): Promise<BackendWasm> {
  const current = tf.engine().backendName;
  const started = await tf.setBackend('wasm');
  if (!started) {
    if (current) await tf.setBackend(current);
    throw new UnsupportedBackendError(
      "TensorFlow.js could not start its backend 'wasm'; its warning above says why",
    );
  }
  await tf.ready();
  const backend = tf.engine().backend as BackendWasm;
  if (current && current !== 'wasm') await tf.setBackend(current);
  return backend;
}

/** Throws unless memory can be had that threads share. */
function assertReplaceable(): void {
  if (nodeModule('node:worker_threads')) return;
  if (!globalThis.crossOriginIsolated) {
    throw new ThreadError(
      'threads need shared memory, which browsers give only to cross-origin isolated pages: serve the page ' +
        'with the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"',
    );
  }
  throw new ThreadError(
    "threads need tfjs's threaded build, but its wasm backend runs another build: do not give setWasmPath a single " +
      'file, and let setWasmPaths lead to tfjs-backend-wasm-threaded-simd.wasm too',
  );
}
